"""A connection of one client: what a socket talks to.

It *pulls*, so nothing is ever queued beyond the limits of the outbox, and a snapshot is made piece by piece as
the socket drains. What falls behind the limits, or cannot be resumed, gets a snapshot: one mechanism for
joining, coming back late and being slow.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from typing import NamedTuple, Protocol, Self

from anyhost.protocol.codec import Frame, encode_frame
from anyhost.protocol.messages import (
    Command,
    Goodbye,
    Notification,
    Ping,
    Pong,
    Probe,
    Refusal,
    SessionStart,
    SnapshotEnd,
)

from .client import Client
from .log import Entry
from .order import Order, Snapshot
from .outbox import Outbox, merge_in
from .settings import SessionSettings

_PRIVATE_SPARE = 100


class Host(Protocol):
    """What connections need of their session."""

    session_id: str
    settings: SessionSettings
    order: Order
    closed_because: str | None

    def start(self, client: Client, *, resumed: bool, seq: int = 0) -> SessionStart:
        """What a client is told first."""

    async def refresh(self) -> None:
        """Bring the fold up to date, as far as that is quick, before a snapshot is taken."""

    def handle(self, connection: Connection, command: Command) -> None:
        """A command of a connected client."""

    def expect(self, command: Command) -> None:
        """A command of a connected client has begun to come."""

    def settle(self, command: Command) -> None:
        """It will not come to its end, or is handled."""


class _Streaming(NamedTuple):
    """A snapshot that is being written, and the place that it stands for."""

    notifications: Snapshot
    place: int


class Connection:
    """One connection of one client to one session: what a socket talks to.

    The socket's single writer pulls frames, its reader hands commands on:

        async with pool.join(client_id, session_id=..., after=..., previous=...) as connection:
            async for frame in connection: ...
            connection.handle(command)

    The iteration ends when the session ends or when another connection takes this one's place;
    `closed_because` then says why, in words for the user.
    """

    def __init__(self, host: Host, client: Client) -> None:
        self.client = client
        self.closed_because: str | None = None
        self.said_goodbye = False
        self._host = host
        self._private: deque[Notification] = deque()  # not in the order of the session, and goes first
        self._pong_is_due = False
        self._behind = True  # needs a snapshot, which begins when the socket has room
        self._streaming: _Streaming | None = None
        self._outbox = Outbox(client.client_id, host.settings.outbox_bytes)
        self._changed = asyncio.Event()
        self._pinged = False
        self._leaving = asyncio.Event()
        self._closed = asyncio.Event()

    @property
    def client_id(self) -> str:
        return self.client.client_id

    @property
    def session_id(self) -> str:
        return self._host.session_id

    @property
    def message_limit(self) -> int:
        """The most bytes of one incoming message, its buffers included."""
        return self._host.settings.message_bytes

    # ---- the socket's writer ----

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Frame:
        """The next frame to write; waits for one. Asking for it says that the one before was written."""
        while not self._has_ended():
            if self._behind and self._streaming is None:
                await self._host.refresh()
                if self._has_ended():
                    break
            frame = self.next_nowait()
            if frame is not None:
                return frame
            self._changed.clear()
            await self._changed.wait()
        raise StopAsyncIteration

    def _has_ended(self) -> bool:
        return self.closed_because is not None

    def next_nowait(self) -> Frame | None:
        """The next frame to write, if there is one."""
        if self._pong_is_due:
            self._pong_is_due = False
            return encode_frame(Pong())
        if self._private:
            return encode_frame(self._private.popleft())
        if self._behind and self._streaming is None:
            self._behind = False
            start = self._host.start(self.client, resumed=False)
            self._streaming = _Streaming(*self._host.order.begin_snapshot(self.client, start))
        if self._streaming is not None:
            return self._next_of_snapshot(self._streaming)
        return self._next_of_outbox()

    def _next_of_snapshot(self, streaming: _Streaming) -> Frame:
        notification = next(streaming.notifications)
        if isinstance(notification, SnapshotEnd):
            self._streaming = None
            self.client.position = streaming.place
        return encode_frame(notification)

    def _next_of_outbox(self) -> Frame | None:
        entry = self._outbox.pop()
        if entry is None:
            return None
        merge = merge_in(entry, self.client_id)
        if merge is not None:
            self.client.note_merge(merge, self._host.order.log_start)
        self.client.position = entry.seq
        return self._host.order.frame_for(self.client, entry)

    # ---- the socket's reader ----

    def handle(self, command: Command) -> None:
        """A command came. Never raises for what the client did: that is refused, or answered."""
        if self.closed_because is not None:
            self._host.settle(command)
            return
        self._pinged = self._pinged or isinstance(command, Ping)
        self.said_goodbye = isinstance(command, Goodbye)
        if self.said_goodbye:
            self._leaving.set()
        if command.ack is not None:
            self.client.confirm(command.ack)
        self._host.handle(self, command)
        self._host.settle(command)

    def expect(self, command: Command) -> None:
        """More has come of a command whose binary is not all there."""
        if self.closed_because is None:
            self._host.expect(command)

    def settle(self, command: Command) -> None:
        """The rest of it will not come."""
        self._host.settle(command)

    def refuse(self, error: str, command_id: int | None = None) -> None:
        """What came could not be understood, or is not allowed: tell the client; the connection stays."""
        self.tell(Refusal(error=error, command_id=command_id))

    # ---- the session ----

    def resume(self, start: Notification, entries: list[Entry]) -> bool:
        """Go on from these entries. False: they are more than may wait, so a snapshot will come instead."""
        if not all(self._outbox.offer(entry) for entry in entries):
            self._outbox.clear()
            return False
        self._private.append(start)
        self._behind = False
        return True

    def offer(self, entry: Entry) -> None:
        """Something happened in the session."""
        if not self._behind and not self._outbox.offer(entry):
            self._outbox.clear()
            self._behind = True
        self._changed.set()

    def pong(self) -> None:
        """Answer a ping. However many came, one answer says it."""
        self._pong_is_due = True
        self._changed.set()

    def tell(self, notification: Notification) -> None:
        """Something for this client alone. One that does not read what it provokes is let go."""
        if self.closed_because is not None:
            return
        if len(self._private) >= self._host.settings.waiting_commands + _PRIVATE_SPARE:
            self.close("this page does not read the answers to what it sends")
            return
        self._private.append(notification)
        self._changed.set()

    async def answers_probe(self, seconds: float) -> bool:
        """Whether a page still listens at the other end, and stays.

        What comes may be old: over a slow link the last of a drag is still on its way when the page that
        was refreshed is back, and its goodbye comes behind that. So only a ping says that someone is there,
        and nobody is who leaves within this time.
        """
        self._pinged = False
        self._leaving.clear()
        self.tell(Probe())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._leaving.wait()
        return self._pinged and not self._leaving.is_set()

    async def wait_closed(self) -> None:
        """Until the session has ended this connection, whether or not anybody reads what is written to it."""
        await self._closed.wait()

    def close(self, reason: str) -> None:
        """End this connection. Idempotent; the first reason stays."""
        if self.closed_because is not None:
            return
        self.closed_because = reason
        for merge in self._outbox.merges():
            self.client.note_merge(merge, self._host.order.log_start)
        self._outbox.clear()
        self._streaming = None
        self._private.clear()
        self._changed.set()
        self._leaving.set()
        self._closed.set()
