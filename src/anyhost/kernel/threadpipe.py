"""The kernel's end of the pipe: a `Channel` that stays alive while the main thread computes.

Who does what:

- *Reading*: the loop itself, while it waits: a change of threads would cost a message more than all else
  here. When it has computed for `TAKE_OVER` seconds one daemon thread, the pipe thread, reads in its place.
  What comes is first offered to `intercept` (an interrupt cannot wait for the loop), and otherwise put where
  `receive` finds it.
- *Writing*: whoever sends writes, without a change of threads, as far as the socket takes it without
  blocking; the pipe thread writes the rest when there is room. A sender puts its message into the outbox
  and then tries to become the writer. If it fails, there is a writer already: another thread, or this very
  thread further up its stack (a finaliser that the garbage collector runs in the middle of a `send`).
  That writer looks into the outbox once more after it has let go, so nothing stays behind. What is
  `unhurried` is only put there: whoever writes next takes it along, and that is the loop, before it waits,
  or the pipe thread, when the loop computes. A system call and a wake-up of the server for each of a thousand
  models would cost both more than the models do.
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
from .turns import Turns

Out = TypeVar("Out", bound=msgspec.Struct)
In = TypeVar("In")

QUEUE_LIMIT = 64 << 20
"""What may wait for the server to read it, in bytes (`protocol.md`, section 5)."""

PATIENCE = 1.0
"""How long a thread other than the main one waits for room, in seconds."""

TOGETHER = 64 << 10
"""How much of what is unhurried waits to be written, in bytes."""

TAKE_OVER = 0.02
"""How long the loop may compute before the pipe thread reads in its place, in seconds."""

LINGER = 2.0
"""How long `aclose` waits for the peer to take what was sent before, in seconds."""

_CLOSED_HERE = "this end of the pipe is closed"
_CLOSED_THERE = "the other end of the pipe is closed"


class ThreadPipe(Generic[Out, In]):
    """One end of a pipe, whose `receive` belongs to `loop`. It owns its socket and its thread.

    `turns` is the selector of that loop; without it, as where the loop is somebody else's, the pipe thread
    does all the reading.

    `send`, where more than `limit` bytes wait already (a message of any size may go into an empty queue):
    on the main thread it waits, interruptibly; on another thread for up to `PATIENCE`, and then the
    message is queued all the same: nothing is dropped, such a thread is only slowed down. A message that
    `urgent` picks, and any message sent by a finaliser inside a `send`, never waits. A message over
    `MESSAGE_LIMIT` raises `MessageTooLarge`, and nothing of it is sent. One that `unhurried` picks, sent by
    the loop's thread, goes with the next one that it does not, or once the loop waits, or has computed for
    `TAKE_OVER` or two: then there are more of its kind, and they are written together.

    What is received waits for `receive` without a limit of its own, since an interrupt may be behind it;
    the session bounds it by the commands that it lets a client have unanswered.

    `intercept` is called for each message by the thread that has read it (True: it was dealt with), and
    `on_lost` on the pipe thread, once, when the peer has gone (never after `aclose`).
    """

    def __init__(
        self,
        sock: socket.socket,
        decoder: Decoder[In],
        loop: asyncio.AbstractEventLoop,
        *,
        turns: Turns | None = None,
        limit: int = QUEUE_LIMIT,
        shield: AbstractContextManager[None] | None = None,
        urgent: Callable[[Out], bool] = lambda _message: False,
        unhurried: Callable[[Out], bool] = lambda _message: False,
        intercept: Callable[[In], bool] = lambda _message: False,
        on_lost: Callable[[], None] = lambda: None,
    ) -> None:
        sock.settimeout(0)
        self._sock = sock
        self._loop = loop
        self._turns = turns
        self._limit = limit
        self._shield = shield or nullcontext()
        self._urgent = urgent
        self._unhurried = unhurried
        self._intercept = intercept
        self._on_lost = on_lost
        self._outbox: deque[Frame] = deque()
        self._unwritten = 0  # bytes of it that are unhurried, or more than that
        self._outflow = Outflow()  # only for the writer: whoever holds `_writing`
        self._writing = threading.Lock()
        self._writer: int | None = None  # its thread
        self._stuck = False  # the socket is full: the pipe thread goes on when there is room
        self._inflow: Inflow[In] = Inflow(decoder)
        self._reading = threading.Lock()  # who holds it may use the inflow
        self._end_read: Exception | None = None  # what the loop has met instead of a message
        self._inbox: deque[In] = deque()
        self._arrived = asyncio.Event()
        self._finished = asyncio.Event()
        self._ended: str | None = None  # why, once nothing can be sent or will come
        self._loop_thread: int | None = None  # where somebody writes before anybody waits
        self._close_by: float | None = None  # set by `aclose`: by when the pipe thread has to end
        self._wake_end, self._wakeful_end = socket.socketpair()
        self._wake_end.settimeout(0)
        self._wakeful_end.settimeout(0)
        self._thread = threading.Thread(target=self._serve, name="anyhost pipe", daemon=True)

    def start(self) -> None:
        """Start to read. Nothing is received before. On the loop's thread."""
        if self._turns is not None:
            self._loop.add_reader(self._sock, self._read_on_loop)
            self._turns.before_waiting(self._write_before_waiting)
            self._loop_thread = threading.get_ident()
        self._thread.start()

    def send(self, message: Out) -> None:
        frame = encode_frame(message)
        check_size(frame, MESSAGE_LIMIT)
        if not self._urgent(message):
            self._wait_for_room(frame.nbytes)
        with self._shield:
            self._check_open()
            self._outbox.append(frame)
            if not self._may_wait(message, frame.nbytes):
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

    def _may_wait(self, message: Out, size: int) -> bool:
        if threading.get_ident() == self._loop_thread and self._unhurried(message):
            self._unwritten += size
            if self._unwritten < TOGETHER:
                return True
        self._unwritten = 0
        return False

    def _write_before_waiting(self) -> None:
        if self._outbox:
            with self._shield:
                self._write()

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
        count = -1
        while True:
            count, taking_over, timeout = self._watch_loop(count)
            poller.register(self._sock, (select.POLLIN * taking_over) | (select.POLLOUT * self._stuck))
            if self._close_by is not None:
                timeout = max(0.0, self._close_by - time.monotonic())
            for fd, events in poller.poll(None if timeout is None else timeout * 1000):
                if fd == self._wakeful_end.fileno():
                    self._wakeful_end.recv(4096)
                    continue
                if events & select.POLLOUT:
                    self._write(after_waiting=True)
                if events & ~select.POLLOUT:
                    self._read_here()
            if self._end_read is not None:
                raise self._end_read
            self._write()  # what is unhurried, and has waited for as long as the loop computes
            if self._close_by is not None:
                with self._writing:  # after whoever else is writing
                    self._write_as_the_writer()
                if not self._stuck or time.monotonic() >= self._close_by:
                    return

    def _watch_loop(self, count: int) -> tuple[int, bool, float | None]:
        """How often the loop has turned, whether to read in its place, and when to look again (None: when told to).

        A loop that waits, and has not turned since the last look, says itself when it goes on. One that turns
        often is looked at now and then instead, since to be told each time would cost each message something.
        """
        if self._turns is None:
            return count, True, None
        away = self._turns.away()
        if away >= TAKE_OVER:
            return self._turns.count, True, TAKE_OVER
        if count != self._turns.count or away:
            return self._turns.count, False, TAKE_OVER
        self._turns.when_next(self._wake)
        # It may have begun to turn before it could know that somebody wants to hear of it.
        return count, False, None if self._turns.count == count else TAKE_OVER

    def _read_here(self) -> None:
        if self._read():
            self._tell_loop(self._arrived)

    def _read_on_loop(self) -> None:
        """What came while the loop waited."""
        if self._end_read is not None or self._ended is not None:
            return
        try:
            with self._shield:
                if self._read():
                    self._arrived.set()
        except (ProtocolError, EOFError, OSError) as error:
            self._loop.remove_reader(self._sock)
            self._end_read = error
            self._wake()

    def _read(self) -> bool:
        """Read once. Whether there is something for `receive` now."""
        with self._reading:
            try:
                arrivals = self._inflow.read(self._sock)
            except (BlockingIOError, InterruptedError):
                return False
            arrived = [arrival.message for arrival in arrivals if not self._intercept(arrival.message)]
            self._inbox += arrived
            return bool(arrived)

    def _end(self, reason: str) -> None:
        lost = self._close_by is None
        self._ended = reason
        try:
            self._loop.call_soon_threadsafe(self._finish)
        except RuntimeError:  # the loop has ended: nobody receives
            self._close_sockets()
        if lost:
            self._on_lost()

    def _finish(self) -> None:
        """The last of it, on the loop: a descriptor that is watched must not be closed by somebody else."""
        if self._turns is not None and self._sock.fileno() >= 0:
            self._loop.remove_reader(self._sock)
        self._close_sockets()
        self._arrived.set()
        self._finished.set()

    def _close_sockets(self) -> None:
        # Who writes never blocks, so the lock is free in a moment; and a closed descriptor must not be written to.
        with self._writing:
            self._sock.close()
        self._wakeful_end.close()
        self._wake_end.close()

    def _tell_loop(self, *events: asyncio.Event) -> None:
        for event in events:
            try:
                self._loop.call_soon_threadsafe(event.set)
            except RuntimeError:
                return  # the loop has ended: nobody receives
