"""`/ws`: one browser connection, between the client and its session.

Two tasks to a socket. The writer pulls frames from the connection's bounded outbox, so a slow client
holds up only itself. The reader puts frames together and hands commands on. Nobody but the writer sends,
and the socket is closed by whoever is left when both have ended: a message cut short is never followed
by another.

How it ends, as the client sees it: 1000, the session has no more for this connection, and the reason says
why; 1002, the client broke the protocol; 1013, there is no room for a session, which a `refusal` has said
before; 1012, the server stops. Anything else is a connection that was lost.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Final, Protocol

from starlette.websockets import WebSocket, WebSocketDisconnect

from anyhost.protocol.codec import Decoder, Frame, FrameReader, encode_frame, pieces
from anyhost.protocol.errors import ProtocolError, StreamBroken
from anyhost.protocol.messages import Command, Refusal
from anyhost.session.connection import Connection
from anyhost.session.pool import SessionsFull

from .refusal import Refused

SUBPROTOCOL: Final = "anyhost"

_COMMANDS: Final[Decoder[Command]] = Decoder(Command)
_CLOSE_SECONDS: Final = 5.0
_FAIR: Final = 64
"""Commands read from one client before others have a turn, its own writer among them: of a flood a whole
quarter of a megabyte arrives at once."""


class Sessions(Protocol):
    """Whose sockets these are: a `SessionPool`, or less."""

    def join(
        self,
        client_id: str | None = None,
        *,
        session_id: str | None = None,
        after: int | None = None,
        previous: str | None = None,
    ) -> AbstractAsyncContextManager[Connection]: ...


class Sockets:
    """The endpoint of `/ws?session=ID&client=ID&after=SEQ&previous=CLIENT`, all optional."""

    def __init__(self, pool: Sessions) -> None:
        self._pool = pool

    async def serve(self, socket: WebSocket) -> None:
        await self.join(socket, socket.query_params.get("session") or None)

    async def join(self, socket: WebSocket, session_id: str | None, headers: Mapping[str, str] | None = None) -> None:
        """Serve a socket in this session, or in a new one where that is gone. `headers` go with the handshake."""
        query = socket.query_params
        after = query.get("after")
        if after is not None and not (after.isascii() and after.isdigit() and len(after) < 20):
            reason = f"`after`: expected a sequence number of 0 or more, got {after[:40]!r}"
            await socket.send_denial_response(Refused(400, reason).response())
            return
        given = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
        await socket.accept(_subprotocol(socket), given)
        try:
            async with self._pool.join(
                query.get("client") or None,
                session_id=session_id,
                after=None if after is None else int(after),
                previous=query.get("previous") or None,
            ) as connection:
                ending = await _converse(socket, connection)
        except SessionsFull as error:
            # A browser tells its page nothing of a refused handshake, so the refusal is the first message.
            await _say(socket, Refusal(error=str(error)))
            ending = 1013, str(error)
        if ending is not None:
            await _close(socket, *ending)

    async def refuse(self, socket: WebSocket, reason: str) -> None:
        """Say why a socket is not served: a browser tells its page nothing of a refused handshake."""
        await socket.accept(_subprotocol(socket))
        await _say(socket, Refusal(error=reason))
        await _close(socket, 1013, reason)


def _subprotocol(socket: WebSocket) -> str | None:
    """The one that we speak, where the client names any: a browser gives up a socket that agrees to none."""
    return SUBPROTOCOL if SUBPROTOCOL in socket.scope.get("subprotocols", []) else None


async def _converse(socket: WebSocket, connection: Connection) -> tuple[int, str] | None:
    """Both directions, until one has ended. Returns the code and the reason to close with; None: it is closed."""
    async with asyncio.TaskGroup() as tasks:
        reader = tasks.create_task(_read(socket, connection))
        writer = tasks.create_task(_write(socket, connection))
        closed = tasks.create_task(connection.wait_closed())
        await asyncio.wait([reader, writer, closed], return_when=asyncio.FIRST_COMPLETED)
        if closed.done():  # the writer may be in the middle of a message that nobody takes
            await asyncio.wait([writer], timeout=_CLOSE_SECONDS)
        for task in (reader, writer, closed):
            task.cancel()
    if not reader.cancelled():
        broken = reader.result()
        return None if broken is None else (1002, broken)
    went = not writer.cancelled() and not writer.result()
    return None if went else (1000, connection.closed_because or "")


async def _read(socket: WebSocket, connection: Connection) -> str | None:
    """Until the client goes (None), or breaks the protocol: how, in words."""
    frames = FrameReader(_COMMANDS, connection.message_limit)
    try:
        return await _read_frames(socket, connection, frames)
    finally:
        if frames.coming is not None:
            connection.settle(frames.coming)


async def _read_frames(socket: WebSocket, connection: Connection, frames: FrameReader[Command]) -> str | None:
    count = 0
    while (event := await socket.receive())["type"] == "websocket.receive":
        count += 1
        if count % _FAIR == 0:
            await asyncio.sleep(0)
        text, data = event.get("text"), event.get("bytes")
        try:
            command = frames.data(data or b"") if text is None else frames.text(text)
        except StreamBroken as error:
            return str(error)
        except ProtocolError as error:
            connection.refuse(str(error))
            continue
        if command is not None:
            connection.handle(command)
        elif frames.coming is not None:
            connection.expect(frames.coming)
    return None


async def _write(socket: WebSocket, connection: Connection) -> bool:
    """Until the session has no more for this connection (True), or the client went: then nothing can be sent, not
    even a close."""
    try:
        async for frame in connection:
            await _write_frame(socket, frame)
    except WebSocketDisconnect:
        return False
    return True


async def _write_frame(socket: WebSocket, frame: Frame) -> None:
    for piece in pieces(frame):
        if isinstance(piece, str):
            await socket.send_text(piece)
        else:
            await socket.send_bytes(piece)


async def _say(socket: WebSocket, message: Refusal) -> None:
    with contextlib.suppress(WebSocketDisconnect):
        await _write_frame(socket, encode_frame(message))


async def _close(socket: WebSocket, code: int, reason: str) -> None:
    try:
        # A client that reads nothing cannot be told; the server drops the connection then.
        async with asyncio.timeout(_CLOSE_SECONDS):
            await socket.close(code, _fitting(reason))
    except (TimeoutError, WebSocketDisconnect):
        pass


def _fitting(reason: str) -> str:
    """A close frame holds 123 bytes of reason."""
    return reason.encode()[:123].decode(errors="ignore")
