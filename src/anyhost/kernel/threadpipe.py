"""The kernel's end of the pipe: a `Channel` that stays alive while the main thread computes.

Who does what:

- *Reading*: one daemon thread, the pipe thread, reads all the time. What comes is first offered to
  `intercept` there (an interrupt cannot wait for the loop), and otherwise put where `receive` finds it.
- *Writing*: whoever sends writes, without a change of threads, as far as the socket takes it without
  blocking; the pipe thread writes the rest when there is room. A sender puts its message into the outbox
  and then tries to become the writer. If it fails, there is a writer already: another thread, or this very
  thread further up its stack (a finaliser that the garbage collector runs in the middle of a `send`).
  That writer looks into the outbox once more after it has let go, so nothing stays behind.
- *Interrupts*: a `KeyboardInterrupt` between a system call and its bookkeeping would tear a message. The
  `shield` keeps it out for as long as that takes; see `interruption.py`.

No lock is ever waited for in `send`, so it is safe in finalisers and signal handlers.
"""

from __future__ import annotations

import asyncio
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Generic, TypeVar

import msgspec

from anyhost.channels import ChannelClosed
from anyhost.protocol.codec import Decoder, Frame, encode_frame
from anyhost.protocol.errors import ProtocolError

from .framing import MESSAGE_LIMIT, Inflow, Outflow, check_size

Out = TypeVar("Out", bound=msgspec.Struct)
In = TypeVar("In")

QUEUE_LIMIT = 64 << 20
"""What may wait for the server to read it, in bytes (`protocol.md`, section 5)."""

PATIENCE = 1.0
"""How long a thread other than the main one waits for room, in seconds."""

LINGER = 2.0
"""How long `aclose` waits for the peer to take what was sent before, in seconds."""

_CLOSED_HERE = "this end of the pipe is closed"
_CLOSED_THERE = "the other end of the pipe is closed"


class ThreadPipe(Generic[Out, In]):
    """One end of a pipe, whose `receive` belongs to `loop`. It owns its socket and its thread.

    `send`, where more than `limit` bytes wait already (a message of any size may go into an empty queue):
    on the main thread it waits, interruptibly; on another thread for up to `PATIENCE`, and then the
    message is queued all the same: nothing is dropped, such a thread is only slowed down. A message that
    `urgent` picks, and any message sent by a finaliser inside a `send`, never waits. A message over
    `MESSAGE_LIMIT` raises `MessageTooLarge`, and nothing of it is sent.

    What is received waits for `receive` without a limit of its own, since an interrupt may be behind it;
    the session bounds it by the commands that it lets a client have unanswered.

    `intercept` and `on_lost` are called on the pipe thread: for each message (True: it was dealt with), and
    once when the peer has gone (never after `aclose`).
    """

    def __init__(
        self,
        sock: socket.socket,
        decoder: Decoder[In],
        loop: asyncio.AbstractEventLoop,
        *,
        limit: int = QUEUE_LIMIT,
        shield: AbstractContextManager[None] | None = None,
        urgent: Callable[[Out], bool] = lambda _message: False,
        intercept: Callable[[In], bool] = lambda _message: False,
        on_lost: Callable[[], None] = lambda: None,
    ) -> None:
        sock.settimeout(0)
        self._sock = sock
        self._loop = loop
        self._limit = limit
        self._shield = shield or nullcontext()
        self._urgent = urgent
        self._intercept = intercept
        self._on_lost = on_lost
        self._outbox: deque[Frame] = deque()
        self._outflow = Outflow()  # only for the writer: whoever holds `_writing`
        self._writing = threading.Lock()
        self._writer: int | None = None  # its thread
        self._stuck = False  # the socket is full: the pipe thread goes on when there is room
        self._inflow: Inflow[In] = Inflow(decoder)
        self._inbox: deque[In] = deque()
        self._arrived = asyncio.Event()
        self._finished = asyncio.Event()
        self._ended: str | None = None  # why, once nothing can be sent or will come
        self._close_by: float | None = None  # set by `aclose`: by when the pipe thread has to end
        self._wake_end, self._wakeful_end = socket.socketpair()
        self._wake_end.settimeout(0)
        self._wakeful_end.settimeout(0)
        self._thread = threading.Thread(target=self._serve, name="anyhost pipe", daemon=True)

    def start(self) -> None:
        """Start the pipe thread. Nothing is received before."""
        self._thread.start()

    def send(self, message: Out) -> None:
        frame = encode_frame(message)
        check_size(frame, MESSAGE_LIMIT)
        if not self._urgent(message):
            self._wait_for_room(frame.nbytes)
        with self._shield:
            self._check_open()
            self._outbox.append(frame)
            self._write()

    async def receive(self) -> In:
        while not self._inbox:
            if self._ended is not None:
                raise ChannelClosed(self._ended)
            self._arrived.clear()
            # The thread may have appended, or ended, between the check and the clear.
            if not self._inbox and self._ended is None:
                await self._arrived.wait()
        return self._inbox.popleft()

    async def aclose(self) -> None:
        """End both directions, after the peer has taken what was sent before, or after `LINGER`."""
        if self._close_by is None:
            self._close_by = time.monotonic() + LINGER
            self._wake()
        await self._finished.wait()

    def abandon(self) -> None:
        """Let go of the pipe in a forked copy of the kernel, which shares it with the kernel and has no pipe thread."""
        self._ended = "this process is a forked copy of the kernel; only the kernel itself can send"
        for sock in (self._sock, self._wake_end, self._wakeful_end):
            sock.close()

    # ---- Writing: any thread ---------------------------------------------------------------------

    def _check_open(self) -> None:
        if self._ended is not None:
            raise ChannelClosed(self._ended)
        if self._close_by is not None:
            raise ChannelClosed(_CLOSED_HERE)

    def _wait_for_room(self, size: int) -> None:
        if threading.get_ident() in (self._writer, self._thread.ident):
            return
        patient = threading.get_ident() == threading.main_thread().ident
        give_up = time.monotonic() + PATIENCE
        while self._outflow.queued and self._outflow.queued + size > self._limit:
            self._check_open()
            if not patient and time.monotonic() >= give_up:
                return
            self._wait_until_writable()
            with self._shield:
                self._write(after_waiting=True)

    def _wait_until_writable(self) -> None:
        poller = select.poll()
        try:
            poller.register(self._sock, select.POLLOUT)
        except (ValueError, OSError):  # closed meanwhile
            return
        poller.poll(100)

    def _write(self, *, after_waiting: bool = False) -> None:
        """Write what waits, unless somebody is at it. The main thread calls it shielded."""
        while (self._outbox and not self._stuck) or after_waiting:
            if not self._writing.acquire(blocking=False):
                return
            self._writer = threading.get_ident()
            try:
                self._write_as_the_writer()
            finally:
                self._writer = None
                self._writing.release()
            after_waiting = False

    def _write_as_the_writer(self) -> None:
        if self._ended is not None:
            self._outbox.clear()
            return
        while self._outbox:
            self._outflow.push(self._outbox.popleft())
        try:
            done = self._outflow.send(self._sock)
        except OSError:
            # The pipe thread finds the end too, when it has read what the peer sent before it went.
            self._outflow.clear()
            done = True
        newly_stuck = not done and not self._stuck
        self._stuck = not done
        if newly_stuck:
            self._wake()

    def _wake(self) -> None:
        """Make the pipe thread look again at what it waits for."""
        with suppress(OSError):  # full of such calls already, or ended
            self._wake_end.send(b"\0")

    # ---- The pipe thread -------------------------------------------------------------------------

    def _serve(self) -> None:
        reason = _CLOSED_THERE
        try:
            self._read_and_write()
            reason = _CLOSED_HERE
        except ProtocolError as error:
            reason = f"the other end sent what cannot be read: {error}"
        except (EOFError, OSError):
            pass
        self._end(reason)

    def _read_and_write(self) -> None:
        """Until `aclose`, and then as long as something is to be written. Raises `EOFError` when the peer goes."""
        poller = select.poll()
        poller.register(self._wakeful_end, select.POLLIN)
        while True:
            poller.register(self._sock, select.POLLIN | (select.POLLOUT if self._stuck else 0))
            timeout = None if self._close_by is None else max(0.0, self._close_by - time.monotonic()) * 1000
            for fd, events in poller.poll(timeout):
                if fd == self._wakeful_end.fileno():
                    self._wakeful_end.recv(4096)
                    continue
                if events & select.POLLOUT:
                    self._write(after_waiting=True)
                if events & ~select.POLLOUT:
                    self._read()
            if self._close_by is not None:
                with self._writing:  # after whoever else is writing
                    self._write_as_the_writer()
                if not self._stuck or time.monotonic() >= self._close_by:
                    return

    def _read(self) -> None:
        try:
            arrivals = self._inflow.read(self._sock)
        except (BlockingIOError, InterruptedError):
            return
        arrived = [arrival.message for arrival in arrivals if not self._intercept(arrival.message)]
        if arrived:
            self._inbox += arrived
            self._tell_loop(self._arrived)

    def _end(self, reason: str) -> None:
        lost = self._close_by is None
        self._ended = reason
        # Who writes never blocks, so the lock is free in a moment; and a closed descriptor must not be written to.
        with self._writing:
            self._sock.close()
        self._wakeful_end.close()
        self._wake_end.close()
        self._tell_loop(self._arrived, self._finished)
        if lost:
            self._on_lost()

    def _tell_loop(self, *events: asyncio.Event) -> None:
        for event in events:
            try:
                self._loop.call_soon_threadsafe(event.set)
            except RuntimeError:
                return  # the loop has ended: nobody receives
