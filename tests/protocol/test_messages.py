from __future__ import annotations

import copy
import json
import math
from pathlib import Path
from typing import Any

import pytest
from msgspec import Raw

from anyhost.protocol.buffers import Buffers
from anyhost.protocol.codec import Decoder, encode_json
from anyhost.protocol.errors import ProtocolError
from anyhost.protocol.floats import FloatPatch
from anyhost.protocol.messages import (
    Command,
    ModelCommand,
    ModelCustomRequest,
    ModelUpdateMessage,
    ModelUpdateRequest,
    Notification,
    SetModelValue,
)

DECODERS: dict[str, Decoder[Any]] = {"Notification": Decoder(Notification), "Command": Decoder(Command)}
SPEC = json.loads((Path(__file__).parents[2] / "spec/malformed.json").read_text(encoding="utf-8"))
CASES = [(root, case) for root in DECODERS for case in SPEC[root]]


def _named(case: dict[str, Any]) -> str:
    whole = case["whole"]
    return f"{whole.get('op', whole.get('type'))} {whole.get('message', {}).get('method', '')}"


@pytest.mark.parametrize(("root", "case"), CASES, ids=[_named(case) for _, case in CASES])
def test_a_malformed_message_is_refused_by_naming_the_field(root: str, case: dict[str, Any]) -> None:
    decoder = DECODERS[root]
    decoder.decode(json.dumps(case["whole"]))
    for path in case["required"]:
        *outer, field = path.split(".")
        without = copy.deepcopy(case["whole"])
        holder = without[outer[0]] if outer else without
        del holder[field]
        with pytest.raises(ProtocolError, match=f"missing required field `{field}`.*; got "):
            decoder.decode(json.dumps(without))
    for path, value in case["wrong"].items():
        *outer, field = path.split(".")
        wrong = copy.deepcopy(case["whole"])
        holder = wrong[outer[0]] if outer else wrong
        holder[field] = value
        with pytest.raises(ProtocolError, match=rf"(?s)(Expected|Invalid) .* - at `\$\.{path}`; got ") as caught:
            decoder.decode(json.dumps(wrong))
        assert repr(value) in str(caught.value)


def test_every_message_of_the_wire_is_among_the_malformed() -> None:
    for root, union in {"Notification": Notification, "Command": Command}.items():
        tags = {case["whole"].get("op", case["whole"].get("type")) for case in SPEC[root]}
        assert tags == {struct.__struct_config__.tag for struct in union.__args__}


def test_p3_a_command_becomes_the_payload_of_a_comm_with_its_binary_in_place() -> None:
    request = ModelUpdateRequest(
        state={"image": Raw(b'{"shape": [1]}'), "x": Raw(b"null")},
        buffer_paths=[["image", "data"]],
        floats=[FloatPatch(["x"], "inf")],
    )
    payload = ModelCommand(model_id="m", message=request, buffers=Buffers([b"ab"])).into_comm_payload()
    data = payload["content"]["data"]
    assert payload["content"]["comm_id"] == "m"
    assert payload["buffers"] == []
    assert data["buffer_paths"] == []
    assert data["state"] == {"image": {"shape": [1], "data": memoryview(b"ab")}, "x": math.inf}


def test_h4_the_buffers_of_a_custom_message_stay_beside_it() -> None:
    request = ModelCustomRequest(content=Raw(b"[null]"), floats=[FloatPatch([0], "-inf")])
    payload = ModelCommand(model_id="m", message=request, buffers=Buffers([b"ab"])).into_comm_payload()
    assert payload["content"]["data"] == {"method": "custom", "content": [-math.inf]}
    assert payload["buffers"] == [memoryview(b"ab")]


def test_n9_binary_reaches_python_as_memoryview() -> None:
    update = ModelUpdateMessage(state={}, buffer_paths=[["x"]], buffers=Buffers([b"ab"]))
    assert isinstance(update.into_state()["x"], memoryview)


def test_two_readings_of_a_state_share_nothing_that_can_be_changed() -> None:
    update = ModelUpdateMessage(state={"x": Raw(b"[1]")}, buffer_paths=[], buffers=Buffers())
    first = update.into_state()
    first["x"].append(2)
    assert update.into_state() == {"x": [1]}


def test_a_request_over_http_is_the_same_command() -> None:
    body = {"modelId": "m", "message": {"method": "update", "state": {"x": 1}}, "buffers": ["YWI="], "commandId": 7}
    decoder: Decoder[SetModelValue] = Decoder(SetModelValue)
    command = decoder.decode_json(json.dumps(body)).into_command()
    assert (command.model_id, command.command_id, command.ack, bytes(command.buffers[0])) == ("m", 7, None, b"ab")


def test_an_update_says_only_what_changes() -> None:
    update = ModelUpdateMessage(state={"count": Raw(b"5")}, buffer_paths=[], buffers=Buffers())
    assert json.loads(encode_json(update)) == {
        "method": "update",
        "state": {"count": 5},
        "buffer_paths": [],
        "buffers": [],
    }
