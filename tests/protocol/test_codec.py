from __future__ import annotations

import base64
import json
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw
from protocol_values import parts_of, plain, states

from anyhost.protocol import codec
from anyhost.protocol.buffers import Buffers
from anyhost.protocol.codec import CHUNK, LONG_TEXT, Decoder, FrameReader, encode_frame, encode_json, pieces
from anyhost.protocol.errors import MessageTooLarge, ProtocolError, StreamBroken, UnknownMessage
from anyhost.protocol.messages import (
    CellConsole,
    CellLifecycle,
    CellOutput,
    Command,
    ModelCommand,
    ModelCustomMessage,
    ModelLifecycle,
    ModelUpdateMessage,
    ModelUpdateRequest,
    Notification,
    Ping,
    Pong,
    SetModelValue,
)

LIMIT = 1 << 30
NOTIFICATIONS: Decoder[Notification] = Decoder(Notification)
COMMANDS: Decoder[Command] = Decoder(Command)


def an_update(state: dict[str, Any]) -> ModelLifecycle:
    encoded, paths, buffers, floats = parts_of(state)
    message = ModelUpdateMessage(state=encoded, buffer_paths=paths, buffers=buffers, floats=floats)
    return ModelLifecycle(model_id="m", message=message)


def received(sent: list[str | bytes], *, step: int | None = None) -> list[Any]:
    """What a reader makes of frames, its binary cut into pieces of `step`."""
    reader: FrameReader[Any] = FrameReader(NOTIFICATIONS, LIMIT)
    messages = []
    for piece in sent:
        if isinstance(piece, str):
            messages.append(reader.text(piece))
            continue
        for start in range(0, len(piece), step or len(piece)):
            messages.append(reader.data(piece[start : start + (step or len(piece))]))
    assert reader.idle
    return [message for message in messages if message is not None]


@given(states, st.integers(1, 7))
def test_what_is_encoded_sent_in_odd_pieces_and_decoded_is_equal(state: dict[str, Any], step: int) -> None:
    message = an_update(state)
    (decoded,) = received(list(pieces(encode_frame(message))), step=step)
    assert decoded == message
    assert plain(decoded.message.into_state()) == plain(state)


@given(states)
def test_what_is_encoded_as_json_and_decoded_is_equal(state: dict[str, Any]) -> None:
    message = an_update(state)
    decoded = NOTIFICATIONS.decode_json(encode_json(message))
    assert decoded == message
    assert isinstance(decoded, ModelLifecycle)
    assert isinstance(decoded.message, ModelUpdateMessage)
    assert plain(decoded.message.into_state()) == plain(state)


@settings(max_examples=25)
@given(states, st.integers(0, 3))
def test_decoding_neither_changes_nor_aliases_its_input(state: dict[str, Any], extra: int) -> None:
    frame = encode_frame(an_update(state))
    text, binary = bytearray(frame.text), bytearray(b"".join(frame.buffers))
    before = bytes(text), bytes(binary)
    reader = FrameReader(NOTIFICATIONS, LIMIT)
    message = reader.text(cast(bytes, text)) or reader.data(binary)
    assert (bytes(text), bytes(binary)) == before
    assert isinstance(message, ModelLifecycle)
    assert isinstance(message.message, ModelUpdateMessage)
    text[:] = b"x" * len(text)
    binary[:] = b"x" * len(binary)
    assert plain(message.message.into_state()) == plain(state)


def test_messages_follow_each_other_on_one_stream() -> None:
    messages = [an_update({"a": b"1"}), Pong(), an_update({"b": b""}), an_update({"c": [b"2", b"3"]})]
    assert received([piece for message in messages for piece in pieces(encode_frame(message))]) == messages


def test_the_text_of_a_frame_does_not_grow_with_its_buffers() -> None:
    small, large = (len(encode_frame(an_update({"x": bytes(size)})).text) for size in (1_000_000, 10_000_000))
    assert large - small == 1


def test_binary_is_cut_into_pieces_of_at_most_a_chunk_and_small_buffers_share_one() -> None:
    _, *binary = pieces(encode_frame(an_update({"x": [bytes(5), bytes(2 * CHUNK), b"", bytes(7), bytes(3)]})))
    assert [len(piece) for piece in binary] == [CHUNK, CHUNK, 15]


def test_a_text_over_two_mebibytes_is_announced_and_comes_as_binary() -> None:
    message = an_update({"x": "ä" * LONG_TEXT, "y": b"123"})
    frame = encode_frame(message)
    sent = list(pieces(frame))
    assert json.loads(sent[0]) == {"text": len(frame.text), "total": len(frame.text) + 3}
    assert all(isinstance(piece, bytes) and len(piece) <= CHUNK for piece in sent[1:])
    assert received(sent) == [message]
    assert received(sent, step=100_003) == [message]


def test_a_long_text_that_is_no_message_is_counted_off_with_its_buffers() -> None:
    text = b'{"op": "model-lifecycle", "model_id": 5, "message": {"buffers": [3]}}'
    reader = FrameReader(NOTIFICATIONS, LIMIT)
    assert reader.text(json.dumps({"text": len(text), "total": len(text) + 3})) is None
    with pytest.raises(ProtocolError, match=r"Expected `str`, got `int` - at `\$.model_id`"):
        reader.data(text + b"1")
    assert not reader.idle
    assert reader.data(b"23") is None
    assert reader.text('{"op": "pong"}') == Pong()


def test_a_long_text_in_other_bytes_than_utf8_is_refused() -> None:
    text = b'{"op": "refusal", "error": "\xff"}'
    reader = FrameReader(NOTIFICATIONS, LIMIT)
    reader.text(json.dumps({"text": len(text), "total": len(text)}))
    with pytest.raises(ProtocolError, match="expected UTF-8"):
        reader.data(text)
    assert reader.idle


@pytest.mark.parametrize("total", [1, 100])
def test_a_long_text_with_a_wrong_total_breaks_the_stream(total: int) -> None:
    reader = FrameReader(NOTIFICATIONS, LIMIT)
    with pytest.raises(StreamBroken, match="`total`: expected"):
        reader.text(json.dumps({"text": 14, "total": total})) or reader.data(b'{"op": "pong"}')


def test_a_message_over_the_limit_is_counted_off_and_the_stream_goes_on() -> None:
    reader = FrameReader(NOTIFICATIONS, 1000)
    text, *binary = pieces(encode_frame(an_update({"x": bytes(2000)})))
    with pytest.raises(MessageTooLarge, match="expected a message of at most 1000 bytes") as caught:
        reader.text(cast(str, text))
    assert caught.value.size == len(text) + 2000
    assert [reader.data(cast(bytes, piece)) for piece in binary] == [None]
    assert reader.text('{"op": "pong"}') == Pong()


def test_a_long_text_over_the_limit_is_counted_off_unread() -> None:
    reader = FrameReader(NOTIFICATIONS, 1000)
    with pytest.raises(MessageTooLarge):
        reader.text('{"text": 900, "total": 1001}')
    assert reader.data(bytes(1001)) is None
    assert reader.idle


def test_the_binary_of_a_malformed_message_is_counted_off_and_the_stream_goes_on() -> None:
    reader = FrameReader(COMMANDS, LIMIT)
    with pytest.raises(ProtocolError):
        reader.text('{"type": "model", "modelId": 5, "message": {"method": "update", "state": {}}, "buffers": [4, 2]}')
    assert reader.data(b"12345") is None
    assert reader.data(b"6") is None
    assert reader.text('{"type": "ping"}') == Ping()


def test_a_text_where_binary_is_due_breaks_the_stream() -> None:
    reader = FrameReader(NOTIFICATIONS, LIMIT)
    reader.text(encode_frame(an_update({"x": b"123"})).text)
    with pytest.raises(StreamBroken, match="expected the rest of a message's binary, got a text frame"):
        reader.text('{"op": "pong"}')


@pytest.mark.parametrize("announced", [[], [2]])
def test_more_binary_than_was_announced_breaks_the_stream(announced: list[int]) -> None:
    reader = FrameReader(NOTIFICATIONS, LIMIT)
    message = {"op": "model-lifecycle", "model_id": "m", "message": {"method": "custom", "content": 1}}
    message["message"]["buffers"] = announced  # type: ignore[index]
    reader.text(json.dumps(message))
    with pytest.raises(StreamBroken, match="expected a text frame, got 1 bytes of binary"):
        reader.data(b"123"[: sum(announced) + 1])


def test_a_kind_that_this_version_does_not_know_is_reported_as_unknown() -> None:
    with pytest.raises(UnknownMessage, match=r"at `\$.op`; got 'new'"):
        NOTIFICATIONS.decode('{"op": "new"}')
    with pytest.raises(UnknownMessage, match=r"at `\$.message.method`; got 'new'"):
        NOTIFICATIONS.decode('{"op": "model-lifecycle", "model_id": "m", "message": {"method": "new"}}')


def test_a_field_that_this_version_does_not_know_is_ignored() -> None:
    assert NOTIFICATIONS.decode('{"op": "pong", "new": {"a": [1]}}') == Pong()


def test_json_that_nests_too_deeply_is_refused() -> None:
    with pytest.raises(ProtocolError, match="nested too deeply"):
        COMMANDS.decode('{"type":"model","modelId":"a","message":{"method":"custom","content":' + "[" * 100_000)


@pytest.mark.parametrize(
    ("buffers", "complaint"),
    [
        ([1], "expected base64 strings, got byte lengths"),
        (["ä"], "Expected base64, got a string that is not"),
        (["AA*=="], "Expected base64, got a string that is not"),
        (["A"], "Expected base64, got a string that is not"),
        (["AA==", 1], "expected byte lengths of 0 or more, got 'AA=='"),
        ({}, "Expected `array` of byte lengths or of base64 strings, got `dict`"),
    ],
)
def test_json_alone_must_bring_its_binary_in_base64(buffers: Any, complaint: str) -> None:
    decoder: Decoder[SetModelValue] = Decoder(SetModelValue)
    body = {"modelId": "m", "message": {"method": "custom", "content": 1}, "buffers": buffers}
    with pytest.raises(ProtocolError, match=complaint):
        decoder.decode_json(json.dumps(body).encode())


def test_http_takes_utf8_only_also_where_values_are_passed_on_unread() -> None:
    decoder: Decoder[SetModelValue] = Decoder(SetModelValue)
    with pytest.raises(ProtocolError, match="expected UTF-8"):
        decoder.decode_json(b'{"modelId": "m", "message": {"method": "custom", "content": "\xff"}}')


def test_binary_in_json_is_base64() -> None:
    update = ModelUpdateRequest(state={}, buffer_paths=[["x"]])
    command = ModelCommand(model_id="m", message=update, buffers=Buffers([b"\x00\xff"]))
    assert json.loads(encode_json(command))["buffers"] == [base64.b64encode(b"\x00\xff").decode()]


@pytest.mark.parametrize(("written", "sent"), [("a\udc80b", "a\ufffdb"), ("\ud83d\ude00", "😀")])
def test_lone_surrogates_in_our_own_texts_become_the_replacement_character(written: str, sent: str) -> None:
    console = CellLifecycle(cell_id="c", message=CellConsole(stream="stdout", text=written))
    assert json.loads(encode_frame(console).text)["message"]["text"] == sent
    output = CellLifecycle(cell_id="c", message=CellOutput(data={written: Raw(b"1")}))
    assert json.loads(encode_json(output))["message"]["data"] == {sent: 1}


def test_a_custom_message_keeps_its_binary_beside_its_content() -> None:
    message = ModelLifecycle(model_id="m", message=ModelCustomMessage(content=Raw(b"null"), buffers=Buffers([b"ab"])))
    assert received(list(pieces(encode_frame(message)))) == [message]


def test_the_error_for_a_huge_malformed_text_is_short() -> None:
    with pytest.raises(ProtocolError) as caught:
        COMMANDS.decode('{"type": 5, "x": "' + "x" * (codec._EXPLAINED + 1) + '"}')
    assert len(str(caught.value)) < 500
