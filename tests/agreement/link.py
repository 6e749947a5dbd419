"""What is between a client and the server: a link that a test can hold up, and cut anywhere."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from contextlib import AsyncExitStack
from typing import Literal, Self, TypeAlias

Direction: TypeAlias = Literal["up", "down"]

PIECE = 4096
"""Little fits into the link, so that who does not read is soon felt at the other end, in bytes."""


class Link:
    """Listens on a port of its own and carries each connection on to `target`.

    `down` is what the server sends. A held direction takes nothing more; a cut one lets so many bytes
    through, and then both ends see the connection reset. An async context manager.
    """

    def __init__(self) -> None:
        self.target = 0
        self.port = 0
        self._flows: dict[Direction, asyncio.Event] = {"up": asyncio.Event(), "down": asyncio.Event()}
        self._left: dict[Direction, int | None] = {"up": None, "down": None}
        self._connections: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._stack = AsyncExitStack()
        self.release()

    async def __aenter__(self) -> Self:
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0, limit=PIECE)
        self._stack.callback(server.close)
        self.port = server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.drop()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._stack.aclose()

    def hold(self, direction: Direction) -> None:
        self._flows[direction].clear()

    def release(self) -> None:
        """Carry everything, whole."""
        for flow in self._flows.values():
            flow.set()
        self._left = {"up": None, "down": None}

    def cut(self, direction: Direction, nbytes: int) -> None:
        """Let this many bytes more through, and then break."""
        self._left[direction] = nbytes

    def drop(self) -> None:
        """Break what there is, at once: what is on its way is lost."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        self._writers.add(writer)
        try:
            # Named as TCP: otherwise asyncio leaves Nagle's algorithm on.
            near = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
            near.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, PIECE)
            near.settimeout(0)
            await asyncio.get_running_loop().sock_connect(near, ("127.0.0.1", self.target))
            far_reader, far_writer = await asyncio.open_connection(sock=near, limit=PIECE)
            self._writers.add(far_writer)
            try:
                ways = [self._pump(reader, far_writer, "up"), self._pump(far_reader, writer, "down")]
                done, pending = await asyncio.wait(map(asyncio.ensure_future, ways), return_when="FIRST_COMPLETED")
                for way in pending:
                    way.cancel()
                await asyncio.gather(*done, *pending, return_exceptions=True)
            finally:
                self._writers.discard(far_writer)
                far_writer.transport.abort()
        finally:
            self._writers.discard(writer)
            writer.transport.abort()
            self._connections.discard(task)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, direction: Direction) -> None:
        with contextlib.suppress(OSError):
            while True:
                await self._flows[direction].wait()
                piece = await reader.read(PIECE)
                await self._flows[direction].wait()
                left = self._left[direction]
                if left is not None and len(piece) >= left:
                    self._left[direction] = None
                    writer.write(piece[:left])
                    return
                if not piece:
                    return
                if left is not None:
                    self._left[direction] = left - len(piece)
                writer.write(piece)
                await writer.drain()
