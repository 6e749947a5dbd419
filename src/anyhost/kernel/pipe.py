"""The server's end of the pipe to a kernel: a `Channel` over a stream socket, for asyncio.

Nothing here blocks the loop: what the socket does not take at once waits, and is written when it can be.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import deque
from contextlib import suppress
from typing import Generic, TypeVar

import msgspec

from anyhost.channels import ChannelClosed
from anyhost.protocol.buffers import Buffers
from anyhost.protocol.codec import Decoder, Frame, encode_frame
from anyhost.protocol.errors import ProtocolError

from .framing import MESSAGE_LIMIT, Arrival, Inflow, Outflow, check_size

Out = TypeVar("Out", bound=msgspec.Struct)
In = TypeVar("In")

BACKLOG_LIMIT = 2 * MESSAGE_LIMIT
"""What may wait for a peer that does not read, in bytes. A message of any size may go into an empty queue."""

INBOX_LIMIT = 16 << 20
"""What is read ahead of `receive`, in bytes; then the peer has to wait."""

LINGER = 2.0
"""How long `aclose` waits for the peer to take what was sent before, in seconds."""


class Pipe(Generic[Out, In]):
    """One end of a pipe, in the event loop that made it. It owns its socket.

    `send`: what the peer does not read is queued up to `BACKLOG_LIMIT`. A peer that lets more than that
    pile up is taken for dead: the pipe ends, and says so. A message over `MESSAGE_LIMIT` raises
    `MessageTooLarge`, and nothing of it is sent.

    Binary of one message at a time can be sent `ahead` of it, while it is still being received.
    """

    def __init__(self, sock: socket.socket, decoder: Decoder[In], *, backlog_limit: int = BACKLOG_LIMIT) -> None:
        sock.settimeout(0)
        self._sock = sock
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._backlog_limit = backlog_limit
        self._outflow = Outflow()
        self._ahead: Buffers | None = None  # whose content is being sent ahead
        self._ahead_sent = 0
        self._drained = asyncio.Event()
        self._drained.set()
        self._inflow: Inflow[In] = Inflow(decoder)
        self._inbox: deque[Arrival[In]] = deque()
        self._inbox_bytes = 0
        self._arrived = asyncio.Event()
        self._reading = self._writing = False
        self._no_send: str | None = None  # why nothing can be sent any more
        self._no_receive: str | None = None  # why nothing more will come
        self._peer_gone = self._closed = False
        self._read(wanted=True)

    def send(self, message: Out) -> None:
        frame = encode_frame(message)
        check_size(frame, MESSAGE_LIMIT)
        if self._no_send is not None:
            raise ChannelClosed(self._no_send)
        if threading.get_ident() == self._thread:
            self._push(frame)
        else:
            try:
                self._loop.call_soon_threadsafe(self._push, frame)
            except RuntimeError:
                raise ChannelClosed("the event loop of this pipe has ended") from None

    def ahead(self, buffers: Buffers) -> None:
        # What is too long is refused with its message; announced, it would end the pipe.
        if self._no_send is not None or buffers.nbytes > MESSAGE_LIMIT:
            return
        if self._ahead is None:
            self._ahead, self._ahead_sent = buffers, 0
            self._outflow.announce(buffers.nbytes)
        if self._ahead is buffers:
            self._push_ahead(buffers)

    def forget(self, buffers: Buffers) -> None:
        if self._no_send is None and self._ahead is buffers:
            self._ahead = None
            self._outflow.announce(0)
            self._write_soon()

    async def receive(self) -> In:
        while not self._inbox:
            if self._no_receive is not None:
                raise ChannelClosed(self._no_receive)
            self._arrived.clear()
            await self._arrived.wait()
        arrival = self._inbox.popleft()
        self._inbox_bytes -= arrival.nbytes
        self._read(wanted=self._inbox_bytes < INBOX_LIMIT)
        return arrival.message

    async def aclose(self) -> None:
        """End both directions, after the peer has taken what was sent before, or after `LINGER`."""
        if self._closed:
            return
        self._no_send = self._no_send or "this end of the pipe is closed"
        try:
            await asyncio.sleep(0)  # for what other threads have sent
            with suppress(TimeoutError):
                async with asyncio.timeout(LINGER):
                    await self._drained.wait()
        finally:
            self._end("this end of the pipe is closed")

    def _push(self, frame: Frame) -> None:
        if self._peer_gone or self._closed:
            return
        waiting = self._outflow.queued
        if waiting and waiting + frame.nbytes > self._backlog_limit:
            self._end(f"the other end has left {waiting} bytes unread, and no more may wait for it")
            return
        claims = self._ahead is not None and self._ahead is frame.buffers
        if claims:
            self._push_ahead(frame.buffers)  # the last of it
            self._ahead = None
        self._outflow.push(frame, claims=claims)
        self._write_soon()

    def _push_ahead(self, buffers: Buffers) -> None:
        piece = buffers.arrived()[self._ahead_sent :]
        self._ahead_sent += piece.nbytes
        self._outflow.push_ahead(piece)
        self._write_soon()

    def _write_soon(self) -> None:
        """Write now, or where the peer has to make room first, when it has."""
        if not self._writing:
            self._write()

    def _write(self) -> None:
        try:
            done = self._outflow.send(self._sock)
        except OSError:
            self._lose_peer()  # what it sent before it went is still to be read
            return
        if not done and not self._writing:
            self._drained.clear()
            self._loop.add_writer(self._sock, self._write)
            self._writing = True
        elif done:
            self._stop_writing()

    def _stop_writing(self) -> None:
        if self._writing:
            self._loop.remove_writer(self._sock)
            self._writing = False
        self._drained.set()

    def _lose_peer(self) -> None:
        self._peer_gone = True
        self._ahead = None
        self._no_send = "the other end of the pipe is closed"
        self._outflow.clear()
        self._stop_writing()

    def _read(self, *, wanted: bool) -> None:
        wanted = wanted and self._no_receive is None
        if wanted and not self._reading:
            self._loop.add_reader(self._sock, self._on_readable)
        elif self._reading and not wanted:
            self._loop.remove_reader(self._sock)
        self._reading = wanted

    def _on_readable(self) -> None:
        try:
            arrivals = self._inflow.read(self._sock)
        except (BlockingIOError, InterruptedError):
            return
        except ProtocolError as error:
            self._end(f"the other end sent what cannot be read: {error}")
        except (EOFError, OSError):
            self._lose_peer()
            self._no_receive = "the other end of the pipe is closed"
            self._read(wanted=False)
            self._arrived.set()
        else:
            self._inbox += arrivals
            self._inbox_bytes += sum(arrival.nbytes for arrival in arrivals)
            self._read(wanted=self._inbox_bytes < INBOX_LIMIT)
            if arrivals:
                self._arrived.set()

    def _end(self, reason: str) -> None:
        if self._closed:
            return
        self._closed = True
        self._ahead = None
        self._no_send = self._no_receive = reason
        self._read(wanted=False)
        self._outflow.clear()
        self._stop_writing()
        self._sock.close()
        self._arrived.set()
