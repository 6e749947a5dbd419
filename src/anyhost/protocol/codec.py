"""Messages as bytes, and back.

Two forms of the same definitions. A *frame* is a JSON text in which `buffers` are byte lengths, and
then the bytes themselves as one stream (sockets and pipes). *JSON* alone has its buffers in base64
(HTTP, exports). `pieces` cuts a frame for a socket; `FrameReader` puts frames together again from
whatever pieces they arrive in.

A long text would hold up what is sent after it, so `pieces` announces it by a small one,
`{"text": 3000000, "total": 5000000}`, and lets it begin the stream of binary. `total`, the bytes of the
text and of all buffers, is there so that a message over the limit can be counted off unread.
"""

from __future__ import annotations

import binascii
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from msgspec import Meta, Struct

from .buffers import Buffers
from .errors import MessageTooLarge, ProtocolError, StreamBroken, UnknownMessage
from .memory import Memory

T = TypeVar("T")
S = TypeVar("S")

CHUNK = 1 << 20
"""The longest binary frame on a socket, in bytes (`protocol.md`, section 2)."""

LONG_TEXT = 2 << 20
"""A JSON text longer than this, in bytes, is announced and follows as binary."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One message: its JSON text, and the binary that follows it."""

    text: bytes
    buffers: Buffers

    @property
    def nbytes(self) -> int:
        return len(self.text) + self.buffers.nbytes


class LongText(Struct, frozen=True, kw_only=True):
    """Announces a text that follows as binary."""

    text: Annotated[int, Meta(ge=1, description="Bytes of the text")]
    total: Annotated[int, Meta(ge=0, description="Bytes of the text and of all buffers")]


def encode_frame(message: Struct) -> Frame:
    """Encode for a socket or a pipe. Lone surrogates in our own texts become U+FFFD."""
    return Frame(_encode(_FRAME_ENCODER, message), buffers_of(message))


def encode_json(message: Any) -> bytes:
    """Encode as JSON alone, with buffers in base64."""
    return _encode(_JSON_ENCODER, message)


def pieces(frame: Frame) -> Iterator[str | bytes]:
    """The frames of a websocket, in order: a text, then binary of at most `CHUNK` bytes each.

    Nothing is copied before it is asked for, so what waits for a slow peer costs nothing twice.
    """
    if len(frame.text) <= LONG_TEXT:
        yield frame.text.decode()
        yield from _cut(frame.buffers)
    else:
        yield msgspec.json.encode(LongText(text=len(frame.text), total=frame.nbytes)).decode()
        yield from _cut([memoryview(frame.text), *frame.buffers])


def buffers_of(message: Any) -> Buffers:
    """The binary of a message, wherever its type keeps it."""
    found = getattr(getattr(message, "message", None), "buffers", None)
    if found is None:
        found = getattr(message, "buffers", None)
    return found if found is not None else Buffers()


def _encode(encoder: msgspec.json.Encoder, message: Any) -> bytes:
    try:
        return encoder.encode(message)
    except UnicodeEncodeError:
        return encoder.encode(_well_formed(message))


def _well_formed(value: Any) -> Any:
    """The same, with U+FFFD for each lone surrogate (a name from `os.fsdecode`, half of an emoji)."""
    match value:
        case str():
            return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        case Struct():
            fields = {name: _well_formed(getattr(value, name)) for name in value.__struct_fields__}
            return msgspec.structs.replace(value, **fields)
        case dict():
            return {_well_formed(key): _well_formed(item) for key, item in value.items()}
        case list() | tuple():
            return [_well_formed(item) for item in value]
    return value


class Decoder(Generic[T]):
    """Decodes one union of messages. The input is never changed, and a mutable one is not kept."""

    def __init__(self, union: Any) -> None:
        self._decoder: msgspec.json.Decoder[T] = msgspec.json.Decoder(union, dec_hook=_decode_buffers)

    def decode(self, text: bytes | bytearray | memoryview | str) -> T:
        """Decode one text. Buffers in base64 are complete; announced ones are still to be filled.

        Raises `UnknownMessage` for a kind that this version does not know, and `ProtocolError` for what is
        malformed; it names the field, what was expected and what came.
        """
        if isinstance(text, bytearray | memoryview):
            text = bytes(text)  # a `Raw` keeps the text that it was read from
        try:
            return self._decoder.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise _explained(error, text) from error
        except RecursionError as error:
            raise ProtocolError("expected JSON of a reasonable depth, got one nested too deeply to read") from error

    def decode_json(self, text: bytes | str) -> T:
        """Decode JSON alone: its binary must be base64, since no bytes can follow."""
        message = self.decode(_utf8(text))
        if not buffers_of(message).complete:
            raise ProtocolError("`buffers`: expected base64 strings, got byte lengths, whose bytes cannot follow here")
        return message


class FrameReader(Generic[T]):
    """Reads a stream of frames: `text` for each JSON text, `data` for each piece of binary.

    Either returns the message that it completed, or None while bytes are missing. A message that is
    malformed, unknown or over `limit` bytes (`MessageTooLarge`, before anything is allocated) raises
    once; its bytes are then counted off and thrown away, and the stream goes on. Only after
    `StreamBroken` must it end.
    """

    def __init__(self, decoder: Decoder[T], limit: int, memory: Memory | None = None) -> None:
        self._decoder = decoder
        self._limit = limit
        self._memory = memory or Memory()
        self._long_text: tuple[LongText, Buffers] | None = None
        self._waiting: tuple[T, Buffers] | None = None
        self._skip = 0

    @property
    def idle(self) -> bool:
        """Between two messages."""
        return self._waiting is None and self._long_text is None and not self._skip

    @property
    def coming(self) -> T | None:
        """A message whose binary is still coming."""
        return None if self._waiting is None else self._waiting[0]

    def text(self, text: bytes | str) -> T | None:
        if not self.idle:
            raise StreamBroken("expected the rest of a message's binary, got a text frame")
        self._memory.tidy()
        try:
            message = self._decoder.decode(text)
        except ProtocolError:
            announced = _read(_LONG_TEXT, text)
            if announced is None:
                self._skip = _announced_in(text)
                raise
            self._expect(announced)
            return None
        return self._begin(message, len(text))

    def data(self, data: bytes | bytearray | memoryview) -> T | None:
        rest = memoryview(data)
        message: T | None = None
        while rest.nbytes:
            rest = rest[self._fill(rest) :]
            try:
                message = self._advance()
            except ProtocolError:
                self._skip -= min(self._skip, rest.nbytes)
                raise
        return message

    def _fill(self, data: memoryview) -> int:
        """Put bytes where they belong; say how many did."""
        if self._skip:
            count = min(self._skip, data.nbytes)
            self._skip -= count
            return count
        if self._long_text is not None:
            return self._long_text[1].fill(data)
        if self._waiting is not None:
            return self._waiting[1].fill(data)
        raise StreamBroken(f"expected a text frame, got {data.nbytes} bytes of binary")

    def _advance(self) -> T | None:
        """The message that is complete now, if one is."""
        if self._long_text is not None and self._long_text[1].complete:
            return self._end_long_text(*self._long_text)
        if self._waiting is not None and self._waiting[1].complete:
            message, _ = self._waiting
            self._waiting = None
            return message
        return None

    def _expect(self, announced: LongText) -> None:
        if announced.total < announced.text:
            raise StreamBroken(
                f"`total`: expected at least {announced.text}, the size of `text`, got {announced.total}"
            )
        if announced.total > self._limit:
            self._skip = announced.total
            raise MessageTooLarge(announced.total, self._limit)
        self._long_text = (announced, Buffers.announced([announced.text]))

    def _end_long_text(self, announced: LongText, held: Buffers) -> T | None:
        self._long_text = None
        self._skip = announced.total - announced.text  # to be counted off if the text is no good
        message = self._decoder.decode(_utf8(held[0]))
        size = buffers_of(message).nbytes
        if size != self._skip:
            raise StreamBroken(f"`total`: expected {self._skip} bytes of buffers, got a text that announces {size}")
        self._skip = 0
        return self._begin(message, announced.text)

    def _begin(self, message: T, text_size: int) -> T | None:
        buffers = buffers_of(message)
        size = text_size + buffers.nbytes
        if size > self._limit:
            self._skip = 0 if buffers.complete else buffers.nbytes
            raise MessageTooLarge(size, self._limit)
        if buffers.complete:
            return message
        buffers.receive_into(self._memory)
        self._waiting = (message, buffers)
        return None


def _cut(parts: Iterable[memoryview]) -> Iterator[bytes]:
    """One stream of bytes in pieces of `CHUNK`; a large part is not copied as a whole."""
    gathered: list[memoryview] = []
    size = 0
    for part in parts:
        offset = 0
        while offset < part.nbytes:
            piece = part[offset : offset + CHUNK - size]
            gathered.append(piece)
            offset += piece.nbytes
            size += piece.nbytes
            if size == CHUNK:
                yield b"".join(gathered)
                gathered, size = [], 0
    if gathered:
        yield b"".join(gathered)


def _encode_lengths(value: Any) -> Any:
    if isinstance(value, Buffers):
        return value.lengths
    raise NotImplementedError(f"a message cannot hold {type(value).__name__}")


def _encode_base64(value: Any) -> Any:
    if isinstance(value, Buffers):
        return [binascii.b2a_base64(view, newline=False).decode("ascii") for view in value]
    raise NotImplementedError(f"a message cannot hold {type(value).__name__}")


def _decode_buffers(type_: type, value: Any) -> Any:
    if type_ is not Buffers:
        raise NotImplementedError(f"a message cannot hold {type_.__name__}")
    if not isinstance(value, list):
        raise ValueError(f"Expected `array` of byte lengths or of base64 strings, got `{type(value).__name__}`")
    if value and all(isinstance(item, str) for item in value):
        try:
            return Buffers([binascii.a2b_base64(item, strict_mode=True) for item in value])
        except ValueError as error:  # binascii.Error is one, and so is a character that is not ASCII
            raise ValueError(f"Expected base64, got a string that is not: {error}") from error
    try:
        return Buffers.announced(value)
    except ProtocolError as error:
        raise ValueError(str(error)) from error


class _Binary(Struct, frozen=True):
    buffers: list[int] = []


class _Envelope(_Binary, frozen=True):
    message: _Binary = _Binary()


def _announced_in(text: bytes | str) -> int:
    """How many bytes of binary follow a text that could not be decoded, as far as it says."""
    envelope = _read(_ENVELOPE, text)
    if envelope is None:
        return 0
    return sum(length for length in (envelope.message.buffers or envelope.buffers) if length > 0)


def _utf8(text: bytes | memoryview | str) -> str:
    """msgspec doesn't look into what it passes on as `Raw`, and would let bytes through that are no text."""
    try:
        return text if isinstance(text, str) else str(text, "utf-8")
    except UnicodeDecodeError as error:
        raise ProtocolError(f"expected UTF-8, got other bytes: {error}") from error


def _read(decoder: msgspec.json.Decoder[S], text: bytes | str) -> S | None:
    try:
        return decoder.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _explained(error: Exception, text: bytes | str) -> ProtocolError:
    """msgspec names the field and what was expected; say what came, too."""
    reason = str(error)
    path = reason.rpartition(" - at `")[2].rstrip("`") if " - at `" in reason else "$"
    start = text[:200]
    got = _value_at(text, path) or repr(start if isinstance(start, str) else start.decode("utf-8", "replace"))
    unknown = reason.startswith("Invalid value") and path.rpartition(".")[2] in _TAG_FIELDS
    return (UnknownMessage if unknown else ProtocolError)(f"{reason}; got {got}")


def _value_at(text: bytes | str, path: str) -> str | None:
    if len(text) > _EXPLAINED:
        return None
    try:
        value = json.loads(text)
        for part in filter(None, path.removeprefix("$").replace("[", ".[").split(".")):
            value = value[int(part[1:-1])] if part.startswith("[") else value[part]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        return None
    return repr(value)[:200]


_FRAME_ENCODER = msgspec.json.Encoder(enc_hook=_encode_lengths)
_JSON_ENCODER = msgspec.json.Encoder(enc_hook=_encode_base64)
_LONG_TEXT = msgspec.json.Decoder(LongText)
_ENVELOPE = msgspec.json.Decoder(_Envelope)
_TAG_FIELDS = {"op", "type", "method"}
_EXPLAINED = 1 << 16
"""Up to this size a malformed text is parsed once more, to show the value that was wrong."""
