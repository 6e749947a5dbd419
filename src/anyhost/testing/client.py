"""A client that keeps what it gets, and folds it as a page would."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeVar

import msgspec

from anyhost.protocol.buffers import Buffers
from anyhost.protocol.codec import Decoder, Frame, FrameReader, pieces
from anyhost.protocol.messages import (
    CellLifecycle,
    Command,
    Gap,
    Goodbye,
    KernelStatus,
    ModelAck,
    ModelCommand,
    ModelCustomMessage,
    ModelCustomRequest,
    ModelLifecycle,
    ModelUpdateRequest,
    NotebookInfo,
    Notification,
    Ping,
    SessionStart,
    SnapshotEnd,
)
from anyhost.protocol.parts import applied_by
from anyhost.session.client import Connection
from anyhost.session.replay import Replay

from .kernel import raw_state

T = TypeVar("T", bound=msgspec.Struct)

_NOTIFICATIONS: Decoder[Notification] = Decoder(Notification)


class Custom(NamedTuple):
    """A custom message as a client got it."""

    seq: int
    model_id: str
    content: Any
    buffers: tuple[bytes, ...]


class LostCustoms(NamedTuple):
    """A gap as a client was told of it, and the place of the snapshot that it belongs to."""

    place: int
    model_ids: tuple[str, ...]


class RecordingClient:
    """A client over one connection, and then others. Its frames go through the real codec, in pieces.

    `replay` is the fold of what it got, with its own writes as they were answered; it stays as it was
    while a snapshot comes. `connection` may be set to a new one, to go on there.
    """

    def __init__(self, connection: Connection) -> None:
        self.client_id = connection.client_id
        self.replay = Replay(clock=_no_time)
        self.received: list[Notification] = []
        self.customs: list[Custom] = []
        self.gaps: list[LostCustoms] = []
        self.first_place: int | None = None
        """The place of the first snapshot that it got."""
        self.seq: int | None = None
        """The last place that it has handled. None: it has no whole snapshot."""
        self.unanswered: dict[int, ModelCommand] = {}
        self._next_id = 1
        self._snapshot: Replay | None = None
        self._lost: tuple[str, ...] = ()
        self.connect(connection)

    def connect(self, connection: Connection) -> None:
        """Go on over this connection."""
        assert connection.client_id == self.client_id
        self.connection = connection
        self._reader: FrameReader[Notification] = FrameReader(_NOTIFICATIONS, connection.message_limit)
        self._snapshot = None
        self._lost = ()

    # ---- what it gets ----

    def drain(self) -> list[Notification]:
        """Take everything that is there to take."""
        taken = []
        while (frame := self.connection.next_nowait()) is not None:
            taken.append(self.take(frame))
        return taken

    def take(self, frame: Frame) -> Notification:
        """One frame arrives."""
        notification = None
        for piece in pieces(frame):
            assert notification is None, "a message was complete before its last piece"
            notification = self._reader.text(piece) if isinstance(piece, str) else self._reader.data(piece)
        assert notification is not None, "the frame ended before its message"
        self._handle(notification)
        return notification

    async def next(self) -> Notification:
        """Wait for one more."""
        return self.take(await anext(self.connection))

    async def wait_for(self, kind: type[T], which: Callable[[T], bool] = lambda _: True) -> T:
        """Take notifications until one is of this kind and passes `which`; at most 5 seconds."""
        async with asyncio.timeout(5):
            while True:
                notification = await self.next()
                if isinstance(notification, kind) and which(notification):
                    return notification

    def of(self, kind: type[T]) -> Iterator[T]:
        """Everything of one kind that it got so far."""
        return (notification for notification in self.received if isinstance(notification, kind))

    def _handle(self, notification: Notification) -> None:
        self.received.append(notification)
        if self.seq is not None:
            self.seq = max(self.seq, notification.seq)
        match notification:
            case SessionStart(resumed=False):
                self.seq = None
                self._snapshot = Replay(clock=_no_time)
                self._lost = ()
            case Gap():
                self._lost = tuple(notification.model_ids)
            case SnapshotEnd():
                self._end_snapshot(notification)
            case ModelAck():
                self._settle(notification)
            case ModelLifecycle(message=ModelCustomMessage() as message):
                content = msgspec.json.decode(message.content)
                buffers = tuple(buffer.tobytes() for buffer in message.buffers)
                self.customs.append(Custom(notification.seq, notification.model_id, content, buffers))
            case ModelLifecycle() | CellLifecycle() | NotebookInfo() | KernelStatus():
                (self._snapshot or self.replay).apply(notification)

    def _end_snapshot(self, end: SnapshotEnd) -> None:
        assert self._snapshot is not None, "a snapshot ended that had not begun"
        self.replay, self._snapshot = self._snapshot, None
        self.seq = end.seq
        if self.first_place is None:
            self.first_place = end.seq
        if self._lost:
            self.gaps.append(LostCustoms(end.seq, self._lost))

    def _settle(self, ack: ModelAck) -> None:
        command = self.unanswered.pop(ack.command_id, None)
        # In a snapshot the values come with it.
        if command is None or self._snapshot is not None:
            return
        update = applied_by(command, ack, self.replay.keys_of(ack.model_id))
        if update is not None:
            self.replay.apply(ModelLifecycle(model_id=ack.model_id, message=update))

    # ---- what it says ----

    def write(self, model_id: str, **state: Any) -> ModelCommand:
        """Write values to a model."""
        return self._send(model_id, ModelUpdateRequest(state=raw_state(**state)))

    def say(self, model_id: str, content: Any, buffers: tuple[bytes, ...] = ()) -> ModelCommand:
        """Send a custom message to a model."""
        request = ModelCustomRequest(content=msgspec.Raw(msgspec.json.encode(content)))
        return self._send(model_id, request, buffers)

    def send_again(self) -> None:
        """What a page does when it has connected again: everything without an answer, in order."""
        for command in list(self.unanswered.values()):
            self.connection.handle(command)

    def confirm(self) -> None:
        """Ping, and say what was handled."""
        self.connection.handle(Ping(ack=self.seq))

    def say_goodbye(self) -> None:
        self.connection.handle(Goodbye())

    def command(self, command: Command) -> None:
        """Send any other command."""
        self.connection.handle(command)

    def _send(
        self, model_id: str, message: ModelUpdateRequest | ModelCustomRequest, buffers: tuple[bytes, ...] = ()
    ) -> ModelCommand:
        command = ModelCommand(model_id=model_id, message=message, command_id=self._next_id, buffers=Buffers(buffers))
        self._next_id += 1
        self.unanswered[self._next_id - 1] = command
        self.connection.handle(command)
        return command


def _no_time() -> float:
    return 0.0
