"""Messages as bytes, and back.

Two forms of the same definitions. A *frame* is a JSON text in which `buffers` are byte lengths, and
then the bytes themselves as one stream (sockets and pipes). *JSON* alone has its buffers in base64
(HTTP, exports). `FrameReader` puts frames together again from whatever pieces they arrive in.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from .buffers import Buffers
from .errors import MessageTooLarge, ProtocolError

T = TypeVar("T")

CHUNK = 1 << 20
"""The longest binary frame on a socket, in bytes (`protocol.md`, section 2)."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One message: its JSON text, and the binary that follows it."""

    text: bytes
    buffers: Buffers

    @property
    def nbytes(self) -> int:
        return len(self.text) + self.buffers.nbytes


def encode_frame(message: msgspec.Struct) -> Frame:
    """Encode for a socket or a pipe."""
    return Frame(_FRAME_ENCODER.encode(message), _buffers_of(message))


def encode_json(message: Any) -> bytes:
    """Encode as JSON alone, with buffers in base64."""
    return _JSON_ENCODER.encode(message)


class Decoder(Generic[T]):
    """Decodes one union of messages. The input is neither changed nor kept."""

    def __init__(self, union: Any) -> None:
        self._decoder: msgspec.json.Decoder[T] = msgspec.json.Decoder(union, dec_hook=_decode_buffers)

    def decode(self, text: bytes | bytearray | memoryview | str) -> T:
        """Decode one text. Buffers in base64 are complete; announced ones are still to be filled.

        Raises `ProtocolError`, which names the field, what was expected and what came.
        """
        if isinstance(text, bytearray | memoryview):
            text = bytes(text)
        try:
            return self._decoder.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ProtocolError(_explain(error, text)) from error


class FrameReader(Generic[T]):
    """Reads a stream of frames: `text` for each JSON text, `data` for each piece of binary.

    Either returns the message that it completed, or None while bytes are missing. A message over
    `limit` bytes raises `MessageTooLarge` once, at its announcement; its bytes are then thrown away.
    """

    def __init__(self, decoder: Decoder[T], limit: int) -> None:
        self._decoder = decoder
        self._limit = limit
        self._waiting: tuple[T, Buffers] | None = None
        self._skip = 0

    @property
    def idle(self) -> bool:
        """Between two messages."""
        return self._waiting is None and not self._skip

    def text(self, text: bytes | str) -> T | None:
        if not self.idle:
            raise ProtocolError("expected the rest of a message's binary, got a text frame")
        message = self._decoder.decode(text)
        buffers = _buffers_of(message)
        size = len(text) + buffers.nbytes
        if size > self._limit:
            self._skip = 0 if buffers.complete else buffers.nbytes
            raise MessageTooLarge(size, self._limit)
        if buffers.complete:
            return message
        self._waiting = (message, buffers)
        return None

    def data(self, data: bytes | bytearray | memoryview) -> T | None:
        if self._skip:
            if len(data) > self._skip:
                raise ProtocolError(f"expected at most {self._skip} more bytes of binary, got {len(data)}")
            self._skip -= len(data)
            return None
        if self._waiting is None:
            raise ProtocolError(f"expected a text frame, got {len(data)} bytes of binary")
        message, buffers = self._waiting
        taken = buffers.fill(data)
        if taken < len(data):
            raise ProtocolError(f"expected {taken} more bytes of binary, got {len(data)}")
        if not buffers.complete:
            return None
        self._waiting = None
        return message


def _buffers_of(message: Any) -> Buffers:
    """The binary of a message, wherever its type keeps it."""
    inner = getattr(message, "message", message)
    found = getattr(inner, "buffers", None)
    if found is None:
        found = getattr(message, "buffers", None)
    return found if found is not None else Buffers()


def _encode_lengths(value: Any) -> Any:
    if isinstance(value, Buffers):
        return value.lengths
    raise NotImplementedError(f"a message cannot hold {type(value).__name__}")


def _encode_base64(value: Any) -> Any:
    if isinstance(value, Buffers):
        return [base64.b64encode(view).decode("ascii") for view in value]
    raise NotImplementedError(f"a message cannot hold {type(value).__name__}")


def _decode_buffers(type_: type, value: Any) -> Any:
    if type_ is not Buffers:
        raise NotImplementedError(f"a message cannot hold {type_.__name__}")
    if not isinstance(value, list):
        raise ValueError(f"Expected `array` of byte lengths or of base64 strings, got `{type(value).__name__}`")
    if all(isinstance(item, str) for item in value) and value:
        try:
            return Buffers([base64.b64decode(item, validate=True) for item in value])
        except binascii.Error as error:
            raise ValueError(f"Expected base64, got a string that is not: {error}") from error
    try:
        return Buffers.announced(value)
    except ProtocolError as error:
        raise ValueError(str(error)) from error


def _explain(error: Exception, text: bytes | str) -> str:
    """msgspec names the field and what was expected; say what came, too."""
    reason = str(error)
    got = text if isinstance(text, str) else text[:200].decode("utf-8", "replace")
    path = reason.rpartition(" - at `")[2].rstrip("`") if " - at `" in reason else "$"
    return f"{reason}; got {_value_at(text, path) or repr(got[:200])}"


def _value_at(text: bytes | str, path: str) -> str | None:
    try:
        value = json.loads(text)
        for part in filter(None, path.removeprefix("$").replace("[", ".[").split(".")):
            value = value[int(part[1:-1])] if part.startswith("[") else value[part]
    except (ValueError, KeyError, IndexError, TypeError):
        return None
    return repr(value)[:200]


_FRAME_ENCODER = msgspec.json.Encoder(enc_hook=_encode_lengths)
_JSON_ENCODER = msgspec.json.Encoder(enc_hook=_encode_base64)
