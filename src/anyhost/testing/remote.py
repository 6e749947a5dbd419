"""A client at the far end of a real socket, message by message; `visits.py` has the one for tests of widgets."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec
import websockets
from websockets.asyncio.client import ClientConnection, connect

from anyhost.protocol.codec import Decoder, FrameReader, encode_frame, pieces
from anyhost.protocol.messages import (
    Command,
    Goodbye,
    ModelAck,
    ModelCommand,
    Notification,
    Ping,
    Probe,
    Refusal,
    SessionStart,
)

from .folding import Folding

R = TypeVar("R")

_NOTIFICATIONS: Decoder[Notification] = Decoder(Notification)


class Refused(Exception):
    """The server refused a command."""


class RemoteClient(Folding):
    """A client of a server: it folds what it is told, and comes back to where it was.

    `address` is that of the socket, such as `ws://127.0.0.1:8765/ws`. Without `session_id` it begins a
    session, and stays with it. `previous` is the client of the page that was there before a refresh.

        client = RemoteClient("ws://127.0.0.1:8765/ws")
        async with client.connected():
            await client.until(lambda: client.replay.model_ids)
            ack = await client.write(model_id, count=5)
        async with client.connected():  # resumes
            ...

    What it receives is kept in `received` until somebody clears that.
    """

    def __init__(
        self,
        address: str,
        *,
        session_id: str | None = None,
        previous: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self.client_id = secrets.token_hex(16)
        self.session_id = session_id
        self.closed: tuple[int, str] | None = None
        """The code and the reason with which the server closed the last connection."""
        self._address = address
        self._previous = previous
        self._headers = dict(headers or {})
        self._socket: ClientConnection
        self._waiting: set[asyncio.Future[None]] = set()
        self._reader: asyncio.Task[None]
        self._reading = asyncio.Event()
        self._reading.set()
        self._answers: dict[int, asyncio.Future[ModelAck]] = {}

    @asynccontextmanager
    async def connected(self, *, reads: bool = True, **options: Any) -> AsyncIterator[None]:
        """A connection, for the block; then it is lost, without a goodbye unless one was said.

        `reads=False`: what comes waits in the socket until `read`. `options` go to `websockets`.
        """
        query = {"client": self.client_id, "session": self.session_id, "after": self.seq, "previous": self._previous}
        address = f"{self._address}?{urlencode({key: value for key, value in query.items() if value is not None})}"
        given = {"additional_headers": self._headers, "max_size": None, "max_queue": 1, "compression": None, **options}
        self.closed = None
        self.begin_connection()
        if not reads:
            self.stop_reading()
        async with connect(address, **given) as self._socket:
            # Not a task group: what a test raises is to come out as it is.
            self._reader = asyncio.create_task(self._read())
            self._reader.add_done_callback(lambda _reader: self._tell())
            try:
                yield
            finally:
                self._socket.transport.abort()
                self._reader.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await self._reader

    # ---- what it gets ----

    def stop_reading(self) -> None:
        """Take nothing more out of the socket."""
        self._reading.clear()

    def read(self) -> None:
        """Take what comes."""
        self._reading.set()

    async def until(self, found: Callable[[], R | None], seconds: float = 10.0) -> R:
        """Wait until `found()` is true, looking at each notification; return what it gave.

        Raises `TimeoutError`, and `ConnectionError` where the server has closed the connection before.
        """
        async with asyncio.timeout(seconds):
            while not (result := found()):
                if self._reader.done():
                    self._reader.result()  # raises where what came made no sense
                    raise ConnectionError(f"the server closed the connection: {self.closed}")
                told = asyncio.get_running_loop().create_future()
                self._waiting.add(told)
                await told
        return result

    def _tell(self) -> None:
        """Whoever waits for something is to look again."""
        waiting, self._waiting = self._waiting, set()
        for told in waiting:
            if not told.done():
                told.set_result(None)

    async def _read(self) -> None:
        frames: FrameReader[Notification] = FrameReader(_NOTIFICATIONS, 1 << 40)
        try:
            while True:
                await self._reading.wait()
                piece = await self._socket.recv()
                await self._reading.wait()
                notification = frames.text(piece) if isinstance(piece, str) else frames.data(piece)
                if notification is not None:
                    await self._take(notification)
        except websockets.ConnectionClosed as closed:
            self.closed = (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (1006, "")

    async def _take(self, notification: Notification) -> None:
        self.handle(notification)
        match notification:
            case SessionStart():
                self.session_id, self._previous = notification.session_id, None
            case Probe():
                await self.command(Ping())
            case ModelAck():
                self._settle_future(notification.command_id, notification)
            case Refusal(command_id=int(command_id)):
                self.unanswered.pop(command_id, None)
                self._settle_future(command_id, Refused(notification.error))
        self._tell()

    def _settle_future(self, command_id: int, outcome: ModelAck | Refused) -> None:
        future = self._answers.pop(command_id, None)
        if future is None or future.done():
            return
        if isinstance(outcome, Refused):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)

    # ---- what it says ----

    async def write(self, model_id: str, **state: Any) -> ModelAck:
        """Write values to a model, and wait for the answer. Raises `Refused`."""
        return await (await self.begin(self.writing(model_id, **state)))

    async def say(self, model_id: str, content: Any, buffers: tuple[bytes, ...] = ()) -> ModelAck:
        """Send a custom message to a model, and wait for the answer. Raises `Refused`."""
        return await (await self.begin(self.saying(model_id, content, buffers)))

    async def begin(self, command: ModelCommand) -> asyncio.Future[ModelAck]:
        """Send a command of `writing` or `saying`. The future is its answer, or raises `Refused`; it may come
        over a later connection."""
        assert command.command_id is not None
        future: asyncio.Future[ModelAck] = asyncio.get_running_loop().create_future()
        self._answers[command.command_id] = future
        await self.command(command)
        return future

    async def send_again(self) -> None:
        """What a page does when it has connected again: everything without an answer, in order."""
        for command in list(self.unanswered.values()):
            await self.command(command)

    async def confirm(self) -> None:
        """Ping, and so say what was handled."""
        await self.command(Ping())

    async def say_goodbye(self) -> None:
        await self.command(Goodbye())

    async def leave(self) -> None:
        """Say goodbye and close the connection, as a page does that is closed."""
        await self.say_goodbye()
        await self._socket.close()

    async def command(self, command: Command) -> None:
        """Send a command, and say what was handled, as a page does with each."""
        for piece in pieces(encode_frame(msgspec.structs.replace(command, ack=self.seq))):
            await self.send(piece)

    async def send(self, frame: str | bytes) -> None:
        """Send a frame of the socket as it is, right or wrong."""
        with contextlib.suppress(websockets.ConnectionClosed):
            await self._socket.send(frame)
