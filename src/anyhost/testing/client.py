"""A client that keeps what it gets, and folds it as a page would, over a `Connection` in the same process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from anyhost.protocol.codec import Decoder, Frame, FrameReader, pieces
from anyhost.protocol.messages import Command, Goodbye, ModelCommand, Notification, Ping
from anyhost.session.connection import Connection

from .folding import Folding

T = TypeVar("T", bound=msgspec.Struct)

_NOTIFICATIONS: Decoder[Notification] = Decoder(Notification)


class RecordingClient(Folding):
    """A client over one connection, and then others. Its frames go through the real codec, in pieces.

    `connection` may be set to a new one, to go on there.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self.client_id = connection.client_id
        self.connect(connection)

    def connect(self, connection: Connection) -> None:
        """Go on over this connection."""
        assert connection.client_id == self.client_id
        self.connection = connection
        self._reader: FrameReader[Notification] = FrameReader(_NOTIFICATIONS, connection.message_limit)
        self.begin_connection()

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
        self.handle(notification)
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

    # ---- what it says ----

    def write(self, model_id: str, **state: Any) -> ModelCommand:
        """Write values to a model."""
        return self._sent(self.writing(model_id, **state))

    def say(self, model_id: str, content: Any, buffers: tuple[bytes, ...] = ()) -> ModelCommand:
        """Send a custom message to a model."""
        return self._sent(self.saying(model_id, content, buffers))

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

    def _sent(self, command: ModelCommand) -> ModelCommand:
        self.connection.handle(command)
        return command
