"""Messages as bytes on a pipe, and back.

A frame is the length of its JSON text (4 bytes, big endian), the text, and then the bytes of its buffers,
whose lengths the text announces (`protocol.md`, section 2). Binary is copied at most once on its way in,
and large buffers not even that: they are received straight into the memory they will live in. On its way
out nothing is copied or joined: a message's parts go to the system call as they are.
"""

from __future__ import annotations

import mmap
import socket
import struct
from collections import deque
from itertools import islice
from typing import Generic, NamedTuple, TypeVar

from anyhost.protocol.buffers import Buffers
from anyhost.protocol.codec import Decoder, Frame, buffers_of
from anyhost.protocol.errors import MessageTooLarge

T = TypeVar("T")

MESSAGE_LIMIT = 1 << 30
"""The longest message on a pipe, in bytes, its buffers included."""

_LENGTH = struct.Struct("!I")
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

    def __init__(self, decoder: Decoder[T], limit: int = MESSAGE_LIMIT) -> None:
        self._decoder = decoder
        self._limit = limit
        # Pages of its own that are taken as they are used: most messages need the first one only.
        self._scratch = memoryview(mmap.mmap(-1, _SCRATCH, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
        # The message that is being received: its length, its text, and what the text says.
        self._header = bytearray()
        self._text: bytearray | None = None
        self._room = memoryview(b"")  # what is missing of the length or the text
        self._message: T | None = None
        self._buffers = Buffers()
        self._await_length()

    def read(self, sock: socket.socket) -> list[Arrival[T]]:
        """Receive once, and return the messages that this completed.

        Raises `EOFError` at the end of the stream, `ProtocolError` where the stream makes no sense (it
        cannot be used any more then), and what the socket raises, `BlockingIOError` among it.
        """
        room = self._buffers.room() if self._message is not None else self._room
        if room.nbytes >= _SCRATCH:
            count = sock.recv_into(room[:_TURN])
            if not count:
                raise EOFError
            return self._filled(count)
        count = sock.recv_into(self._scratch)
        if not count:
            raise EOFError
        return self._take(self._scratch[:count])

    def _take(self, data: memoryview) -> list[Arrival[T]]:
        arrivals: list[Arrival[T]] = []
        while data.nbytes:
            if self._message is not None:
                count = self._buffers.fill(data)
                arrivals += self._filled(0)
            else:
                count = min(self._room.nbytes, data.nbytes)
                self._room[:count] = data[:count]
                arrivals += self._filled(count)
            data = data[count:]
        return arrivals

    def _filled(self, count: int) -> list[Arrival[T]]:
        """`count` bytes have been written into the part that is being received; go on where it is whole."""
        if self._message is not None:
            self._buffers.advance(count)
            return self._finish() if self._buffers.complete else []
        self._room = self._room[count:]
        if self._room.nbytes:
            return []
        if self._text is None:
            self._await_text()
            return []
        self._message = self._decoder.decode(self._text)
        self._buffers = buffers_of(self._message)
        self._check(len(self._text) + self._buffers.nbytes)
        return self._finish() if self._buffers.complete else []

    def _await_length(self) -> None:
        self._header = bytearray(_LENGTH.size)
        self._room = memoryview(self._header)
        self._text = None
        self._message = None
        self._buffers = Buffers()

    def _await_text(self) -> None:
        (length,) = _LENGTH.unpack(self._header)
        self._check(length)
        # An empty text has no room to fill, and would never be whole: the decoder is to refuse its first byte.
        self._text = bytearray(max(length, 1))
        self._room = memoryview(self._text)

    def _finish(self) -> list[Arrival[T]]:
        assert self._message is not None
        assert self._text is not None
        arrival = Arrival(self._message, len(self._text) + self._buffers.nbytes)
        self._await_length()
        return [arrival]

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

    def push(self, frame: Frame) -> None:
        """Add a message. Its memory must not change until it is out."""
        length = _LENGTH.pack(len(frame.text))
        if len(frame.text) < _SCRATCH:  # one short part is cheaper than two
            self._parts.append(memoryview(length + frame.text))
        else:
            self._parts += [memoryview(length), memoryview(frame.text)]
        self._parts.extend(view for view in frame.buffers if view.nbytes)
        self._queued += _LENGTH.size + frame.nbytes

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
