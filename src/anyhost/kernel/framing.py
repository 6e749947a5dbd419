"""Messages as bytes on a pipe, and back.

A frame is its kind (1 byte) and a length (4 bytes, big endian), and then:

- a *message*: its JSON text, of that length, and the bytes of its buffers, whose lengths the text announces
  (`protocol.md`, section 2);
- *binary that comes ahead* of its message: first how much there will be, in a frame without content, then pieces.
  Other frames may come between them. It belongs to the next message that *claims* it, which is its text alone.

So a large upload is in the kernel's memory when its last byte has reached the server, and holds up nothing meanwhile.
Binary is copied at most once on its way in, and large buffers not even that: they are received straight into the
memory they will live in. On its way out nothing is copied or joined: a message's parts go to the system call as they
are.
"""

from __future__ import annotations

import socket
import struct
from collections import deque
from itertools import islice
from typing import Generic, NamedTuple, TypeVar

from anyhost.protocol.buffers import Buffers
from anyhost.protocol.codec import Decoder, Frame, buffers_of
from anyhost.protocol.errors import MessageTooLarge, ProtocolError
from anyhost.protocol.memory import Memory, fresh_pages

T = TypeVar("T")

MESSAGE_LIMIT = 1 << 30
"""The longest message on a pipe, in bytes, its buffers included."""

_HEADER = struct.Struct("!BI")
_MESSAGE, _CLAIM, _AHEAD, _PIECE = range(4)
_SCRATCH = 1 << 18
_PARTS_AT_ONCE = 256  # of one sendmsg; every system takes at least 1024
# Bytes of one system call. While its peer keeps up a call goes on, non-blocking or not: 200 MB took a second.
_TURN = 1 << 20
_NO_SIGNAL: int = getattr(socket, "MSG_NOSIGNAL", 0)  # a notebook may have given SIGPIPE back its deadly default


class Arrival(NamedTuple, Generic[T]):
    """A message that has come whole, and its size on the pipe in bytes."""

    message: T
    nbytes: int


class Inflow(Generic[T]):
    """Takes messages out of a stream socket."""

    def __init__(self, decoder: Decoder[T], limit: int = MESSAGE_LIMIT, memory: Memory | None = None) -> None:
        self._decoder = decoder
        self._limit = limit
        self._memory = memory or Memory()
        # Pages of its own that are taken as they are used: most messages need the first one only.
        self._scratch = memoryview(fresh_pages(_SCRATCH))
        self._ahead = Buffers()  # binary whose message is still to come
        # The frame that is being received: its header, its text, and what the text says.
        self._header = bytearray()
        self._kind: int | None = None
        self._text: bytearray | None = None
        self._message: T | None = None
        self._room = memoryview(b"")  # what is missing of the header or the text
        self._binary = Buffers()  # where what follows belongs
        self._left = 0  # bytes of it that are missing in this frame
        self._await_header()

    def read(self, sock: socket.socket) -> list[Arrival[T]]:
        """Receive once, and return the messages that this completed.

        Raises `EOFError` at the end of the stream, `ProtocolError` where the stream makes no sense (it
        cannot be used any more then), and what the socket raises, `BlockingIOError` among it.
        """
        room = self._binary.room()[: self._left] if self._left else self._room
        if room.nbytes >= _SCRATCH:
            count = sock.recv_into(room[:_TURN])
            if not count:
                raise EOFError
            if self._left:
                self._binary.advance(count)
            return self._filled(count)
        count = sock.recv_into(self._scratch)
        if not count:
            raise EOFError
        return self._take(self._scratch[:count])

    def _take(self, data: memoryview) -> list[Arrival[T]]:
        arrivals: list[Arrival[T]] = []
        while data.nbytes:
            if self._left:
                count = self._binary.fill(data[: self._left])
            else:
                count = min(self._room.nbytes, data.nbytes)
                self._room[:count] = data[:count]
            arrivals += self._filled(count)
            data = data[count:]
        return arrivals

    def _filled(self, count: int) -> list[Arrival[T]]:
        """`count` bytes have been written into the part that is being received; go on where it is whole."""
        if self._left:
            self._left -= count
        else:
            self._room = self._room[count:]
        if self._left or self._room.nbytes:
            return []
        if self._kind is None:
            self._read_header()
        elif self._text is not None and self._message is None:
            self._read_text(self._kind, self._text)
        else:
            return self._finish()
        return [] if self._left or self._room.nbytes else self._finish()

    def _await_header(self) -> None:
        self._header = bytearray(_HEADER.size)
        self._room = memoryview(self._header)
        self._kind = self._text = self._message = None

    def _read_header(self) -> None:
        self._memory.tidy()
        self._kind, length = _HEADER.unpack(self._header)
        if self._kind in (_MESSAGE, _CLAIM):
            self._check(length)
            # An empty text has no room to fill, and would never be whole: the decoder is to refuse its first byte.
            self._text = bytearray(max(length, 1))
            self._room = memoryview(self._text)
        elif self._kind == _AHEAD:
            self._check(length)
            self._ahead = Buffers.announced([length])
            self._ahead.receive_into(self._memory)
        elif self._kind == _PIECE and length <= self._ahead.missing:
            self._binary, self._left = self._ahead, length
        else:
            raise ProtocolError(f"expected a frame of a kind that there is, got {self._kind} of {length} bytes")

    def _read_text(self, kind: int, text: bytearray) -> None:
        self._message = self._decoder.decode(text)
        buffers = buffers_of(self._message)
        self._check(len(text) + buffers.nbytes)
        if kind == _CLAIM:
            buffers.adopt(self._ahead)
            self._ahead = Buffers()
        else:
            buffers.receive_into(self._memory)
            self._binary, self._left = buffers, buffers.missing

    def _finish(self) -> list[Arrival[T]]:
        """The frame is whole."""
        message, text = self._message, self._text
        self._binary = Buffers()
        self._await_header()
        if message is None or text is None:
            return []
        return [Arrival(message, len(text) + buffers_of(message).nbytes)]

    def _check(self, size: int) -> None:
        if size > self._limit:
            raise MessageTooLarge(size, self._limit)


class Outflow:
    """Puts messages into a stream socket, as far as it takes them. For one thread at a time."""

    def __init__(self) -> None:
        self._parts: deque[memoryview] = deque()
        self._queued = 0

    @property
    def queued(self) -> int:
        """Bytes that the socket has not taken yet."""
        return self._queued

    def push(self, frame: Frame, *, claims: bool = False) -> None:
        """Add a message. Its memory must not change until it is out. `claims`: its binary has been sent ahead."""
        header = _HEADER.pack(_CLAIM if claims else _MESSAGE, len(frame.text))
        if len(frame.text) < _SCRATCH:  # one short part is cheaper than two
            self._add(memoryview(header + frame.text))
        else:
            self._add(memoryview(header), memoryview(frame.text))
        if not claims:
            self._add(*frame.buffers)

    def announce(self, nbytes: int) -> None:
        """So much binary comes ahead of its message, and whatever came ahead before is forgotten; 0: that only."""
        self._add(memoryview(_HEADER.pack(_AHEAD, nbytes)))

    def push_ahead(self, piece: memoryview) -> None:
        """Add the next piece of it. Its memory must not change until it is out."""
        self._add(memoryview(_HEADER.pack(_PIECE, piece.nbytes)), piece)

    def _add(self, *parts: memoryview) -> None:
        for part in parts:
            if part.nbytes:
                self._parts.append(part)
                self._queued += part.nbytes

    def send(self, sock: socket.socket) -> bool:
        """Hand a non-blocking socket what it takes, up to `_TURN`; say whether that was all.

        Raises `OSError` where the peer is gone.
        """
        allowed = _TURN
        while self._parts and allowed:
            try:
                sent = sock.sendmsg(self._first(allowed), (), _NO_SIGNAL)
            except (BlockingIOError, InterruptedError):
                return False
            self._advance(sent)
            allowed -= sent
        return not self._parts

    def _first(self, count: int) -> list[memoryview]:
        """The next parts, up to `count` bytes."""
        chosen: list[memoryview] = []
        for part in islice(self._parts, _PARTS_AT_ONCE):
            chosen.append(part[:count])
            count -= chosen[-1].nbytes
            if not count:
                break
        return chosen

    def clear(self) -> None:
        """Forget everything: the peer is gone."""
        self._parts.clear()
        self._queued = 0

    def _advance(self, count: int) -> None:
        self._queued -= count
        while count:
            head = self._parts[0]
            if count < head.nbytes:
                self._parts[0] = head[count:]
                return
            count -= head.nbytes
            self._parts.popleft()


def check_size(frame: Frame, limit: int) -> None:
    """Refuse a message at the sender that its receiver would refuse. Raises `MessageTooLarge`."""
    if frame.nbytes > limit:
        raise MessageTooLarge(frame.nbytes, limit)
