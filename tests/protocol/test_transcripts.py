"""Replays `spec/transcripts/*.json`, as `packages/protocol/tests/transcripts.test.ts` does."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from anyhost.protocol.buffers import Buffers
from anyhost.protocol.codec import Decoder, FrameReader, encode_frame, encode_json, pieces
from anyhost.protocol.errors import UnknownMessage
from anyhost.protocol.floats import FloatPatch, put_floats
from anyhost.protocol.lifecycle import ModelState, follow
from anyhost.protocol.messages import (
    CellEdited,
    Command,
    Gap,
    ModelAck,
    ModelCommand,
    ModelCustomMessage,
    ModelLifecycle,
    ModelOpenMessage,
    ModelUpdateMessage,
    ModelUpdateRequest,
    NotebookInfo,
    Notification,
    SessionStart,
    SetModelValue,
)

FOLDER = Path(__file__).parents[2] / "spec/transcripts"
NUMBERS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
STEP = 3  # bytes at a time: every transcript is read in odd pieces

NOTIFICATIONS: Decoder[Notification] = Decoder(Notification)
COMMANDS: Decoder[Command] = Decoder(Command)
REQUESTS: Decoder[SetModelValue] = Decoder(SetModelValue)


class Fold:
    """What a page would hold, in the simplest form."""

    def __init__(self) -> None:
        self.models: dict[str, dict[str, Any]] = {}
        self.customs: list[dict[str, Any]] = []
        self.payloads: list[dict[str, Any]] = []
        self.gaps: list[str] = []
        self.notebook: list[list[str | None]] = []
        self.seq = 0
        self._states: dict[str, ModelState] = {}
        self._written: dict[int | None, dict[str, Any]] = {}

    def sent(self, command: Command) -> None:
        if not isinstance(command, ModelCommand):
            return
        payload = command.into_comm_payload()
        if isinstance(command.message, ModelUpdateRequest):
            self._written[command.command_id] = payload["content"]["data"]["state"]
        if payload not in self.payloads:  # a command that is sent again
            self.payloads.append(payload)

    def apply(self, message: Notification) -> None:
        self.seq = max(self.seq, message.seq)
        match message:
            case ModelLifecycle():
                self._live(message)
            case ModelAck(status="rejected"):
                self._written.pop(message.command_id, None)
            case ModelAck():
                held = ModelUpdateMessage(
                    state=message.state,
                    buffer_paths=message.buffer_paths,
                    buffers=message.buffers,
                    floats=message.floats,
                ).into_state()
                self.models[message.model_id] |= self._written.pop(message.command_id, {}) | held
            case SessionStart(resumed=False):
                self.models = {id_: state for id_, state in self.models.items() if id_ in message.model_ids}
            case Gap():
                self.gaps += message.model_ids
            case NotebookInfo():
                self.notebook = [[cell.cell_id, cell.source] for cell in message.cells]
            case CellEdited():
                for cell in self.notebook:
                    if cell[0] == message.cell_id:
                        cell[1] = message.source

    def _live(self, message: ModelLifecycle) -> None:
        id_, step = message.model_id, message.message
        state = follow(self._states.get(id_, "unknown"), step.__struct_config__.tag)  # type: ignore[arg-type]
        assert state is not None
        self._states[id_] = state
        match step:
            case ModelOpenMessage():
                self.models[id_] = step.into_state()
            case ModelUpdateMessage():
                self.models[id_] |= step.into_state()
            case ModelCustomMessage():
                holder = {"content": json.loads(bytes(step.content))}
                put_floats(holder, [FloatPatch(["content", *f.path], f.value, f.runs) for f in step.floats])
                self.customs.append({"model_id": id_, "content": holder["content"], "buffers": list(step.buffers)})
            case _:
                del self.models[id_]


def value_of(written: Any) -> Any:
    """A value as a transcript writes it: binary and numbers that JSON cannot hold are tagged objects."""
    match written:
        case {"$binary": str(text)}:
            return base64.b64decode(text)
        case {"$number": str(name)}:
            return NUMBERS[name]
        case dict():
            return {key: value_of(item) for key, item in written.items()}
        case list():
            return [value_of(item) for item in written]
    return written


def comparable(value: Any) -> Any:
    match value:
        case float() if math.isnan(value):
            return "NaN"
        case memoryview() | bytes():
            return bytes(value)
        case dict():
            return {key: comparable(item) for key, item in value.items()}
        case list():
            return [comparable(item) for item in value]
    return value


def read(decoder: Decoder[Any], entry: dict[str, Any]) -> Iterator[Any]:
    """The message of an entry, read in odd pieces, and read again from what it is encoded to."""
    binary = b"".join(base64.b64decode(buffer) for buffer in entry.get("buffers", []))
    reader = FrameReader(decoder, limit=1 << 30)
    message = reader.text(json.dumps(entry["text"]))
    for start in range(0, len(binary), STEP):
        message = reader.data(binary[start : start + STEP])
    assert message is not None
    yield message
    text, *rest = pieces(encode_frame(message))
    assert isinstance(text, str)
    again = reader.text(text)
    for piece in rest:
        assert isinstance(piece, bytes)
        again = reader.data(piece)
    assert again == message


def check_unknown(entry: dict[str, Any]) -> None:
    reader = FrameReader(NOTIFICATIONS, limit=1 << 30)
    with pytest.raises(UnknownMessage):
        reader.text(json.dumps(entry["text"]))
    for buffer in entry.get("buffers", []):
        reader.data(base64.b64decode(buffer))
    assert reader.idle


def replay(messages: list[dict[str, Any]]) -> Fold:
    fold = Fold()
    for entry in messages:
        if entry.get("unknown"):
            check_unknown(entry)
        elif entry["from"] == "kernel":
            for notification in read(NOTIFICATIONS, entry):
                fold.apply(notification)
        elif entry.get("over") == "http":
            request = REQUESTS.decode_json(json.dumps(entry["text"]))
            assert REQUESTS.decode_json(encode_json(request)) == request
            fold.sent(request.into_command())
        else:
            for command in read(COMMANDS, entry):
                fold.sent(command)
    return fold


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_a_transcript_is_understood_and_leads_to_the_state_that_it_expects(path: Path) -> None:
    transcript = json.loads(path.read_text(encoding="utf-8"))
    fold = replay(transcript["messages"])
    for name in {"models", "customs", "payloads", "gaps", "notebook", "seq"} & transcript["expected"].keys():
        assert comparable(getattr(fold, name)) == comparable(value_of(transcript["expected"][name])), name


def test_there_are_transcripts_for_all_that_matters() -> None:
    names = {path.stem for path in FOLDER.glob("*.json")}
    assert names >= {
        "marimo-8124",
        "binary",
        "floats",
        "answers",
        "snapshot",
        "resume",
        "gap",
        "cells",
        "code",
        "editing",
    }


def test_buffers_compare_by_content() -> None:
    assert Buffers([b"a"]) == Buffers([bytearray(b"a")])
    assert Buffers([b"a"]) != Buffers([b"b"])
