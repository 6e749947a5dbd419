"""One direction of a connection, seen by a proxy: where its WebSocket's messages begin and end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

_CONTINUATION: Final = 0x0
_TEXT: Final = 0x1
_BINARY: Final = 0x2
_HEAD_END: Final = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes that belong together: the handshake (or plain HTTP), or one frame."""

    raw: bytes
    text: dict[str, Any] | None = None
    """What a text frame says."""
    binary: bool = False


class FrameSplitter:
    """Takes bytes as they come, and gives pieces as they become whole.

    What precedes the end of the first HTTP head is one piece. Whether frames follow is only known from the
    answer to it, so whoever splits says `upgraded` for both directions; until then bytes pass as they are.
    """

    def __init__(self) -> None:
        self.upgraded = False
        self._held = bytearray()

    def feed(self, data: bytes) -> Iterator[Piece]:
        self._held += data
        if not self.upgraded:
            yield Piece(self._take(len(self._held)))
            return
        while (length := self._frame_length()) is not None:
            yield self._piece(self._take(length))

    def feed_answer(self, data: bytes) -> Iterator[Piece]:
        """The same for the direction that may answer "101 Switching Protocols", which changes both."""
        if not self.upgraded and (self._held + data).startswith(b"HTTP/1.1 101"):
            self._held += data
            end = self._held.find(_HEAD_END)
            if end < 0:
                return
            yield Piece(self._take(end + len(_HEAD_END)))
            self.upgraded = True
            data = b""
        yield from self.feed(data)

    def _take(self, length: int) -> bytes:
        taken = bytes(self._held[:length])
        del self._held[:length]
        return taken

    def _header(self) -> tuple[int, int, bytes] | None:
        """Where the payload begins, how long it is, and its mask."""
        held = self._held
        if len(held) < 2:
            return None
        length, start = held[1] & 0x7F, 2
        if length >= 126:
            start = 4 if length == 126 else 10
            if len(held) < start:
                return None
            length = int.from_bytes(held[2:start], "big")
        masked = 4 if held[1] & 0x80 else 0
        return start + masked, length, bytes(held[start : start + masked])

    def _frame_length(self) -> int | None:
        header = self._header()
        if header is None or len(self._held) < header[0] + header[1]:
            return None
        return header[0] + header[1]

    def _piece(self, raw: bytes) -> Piece:
        opcode = raw[0] & 0x0F
        if opcode == _TEXT:
            splitter = FrameSplitter()
            splitter._held += raw
            header = splitter._header()
            assert header is not None
            return Piece(raw, text=json.loads(_unmasked(raw[header[0] :], header[2])))
        return Piece(raw, binary=opcode in (_BINARY, _CONTINUATION))


def _unmasked(payload: bytes, mask: bytes) -> bytes:
    if not mask:
        return payload
    length = len(payload)
    key = (mask * (length // 4 + 1))[:length]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(length, "big")
