"""A proxy that does to a connection what networks do, at the message where it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Final, Self

from faults import Direction, Fault, Message, Place
from websocket_frames import FrameSplitter, Piece

DELAY: Final = 0.1
STALL: Final = 1.5
"""Longer than a heartbeat of the pages and sockets of these tests; in seconds."""
_HEARTBEATS: Final = ("ping", "pong", "probe")
_READ: Final = 1 << 16


class FaultProxy:
    """Listens on a port of its own and carries each connection to `target`. An async context manager.

    `arm` begins a conversation: messages are counted from there, over all connections, and faults strike in
    their order, each counted from the one before it. What was said is in `conversation`.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self.conversation: list[Message] = []
        self.struck: list[Fault] = []
        self.refusing = False
        """Nobody listens any more."""
        self.swallowing = False
        """Connections open, and nothing comes through: a network that drops everything."""
        self.upgrade_answer: bytes | None = None
        """What is answered instead of letting a WebSocket through."""
        self._plan: list[Fault] = []
        self._counts: dict[Direction, int] = {"up": 0, "down": 0}
        self._links: set[_Link] = set()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self._stack.callback(server.close)
        self.port = server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.drop()
        await asyncio.gather(*(link.task for link in self._links), return_exceptions=True)
        await self._stack.aclose()

    # ---- what a test says ----

    def arm(self, *faults: Fault) -> None:
        self.conversation = []
        self.struck = []
        self._plan = list(faults)
        self._counts = {"up": 0, "down": 0}

    def drop(self) -> None:
        """Break all connections, at once."""
        for link in list(self._links):
            link.reset("up", "down")

    def cut_off(self) -> None:
        """Pull the plug: what is open goes silent, and nothing new comes through."""
        self.swallowing = True
        for link in self._links:
            link.silence()

    def restore(self) -> None:
        """The plug is in again. What went silent stays so."""
        self.swallowing = self.refusing = False
        self.upgrade_answer = None

    # ---- what the links ask ----

    def note(self, direction: Direction, piece: Piece) -> tuple[Fault, Place] | None:
        """A message begins, or goes on with its binary: which fault strikes here."""
        if piece.text is not None:
            kind = piece.text.get("op") or piece.text.get("type")
            if kind in _HEARTBEATS:
                return None
            self.conversation.append(Message(direction, self._counts[direction], str(kind), _has_binary(piece.text)))
            self._counts[direction] += 1
        elif not piece.binary:
            return None
        fault = self._plan[0] if self._plan else None
        if fault is None or fault.direction != direction or self._counts[direction] - 1 != fault.index:
            return None
        if piece.binary != (fault.place == "binary"):
            return None
        self._plan.pop(0)
        self.struck.append(fault)
        self._counts = {"up": 0, "down": 0}
        return fault, fault.place

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refusing:
            writer.transport.abort()
            return
        task = asyncio.current_task()
        assert task is not None
        link = _Link(self, task, reader, writer)
        self._links.add(link)
        try:
            await link.run()
        finally:
            self._links.discard(link)


class _Link:
    """One connection through the proxy."""

    def __init__(
        self,
        proxy: FaultProxy,
        task: asyncio.Task[None],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.task = task
        self._proxy = proxy
        self._readers: dict[Direction, asyncio.StreamReader] = {"up": reader}
        self._writers: dict[Direction, asyncio.StreamWriter] = {"down": writer}  # by what they carry
        self._splitters: dict[Direction, FrameSplitter] = {"up": FrameSplitter(), "down": FrameSplitter()}
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._is_websocket = False
        self._resumption: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        if self._proxy.swallowing:
            self.silence()
        try:
            # As TCP by name: otherwise asyncio leaves Nagle's algorithm on.
            near = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
            near.settimeout(0)
            await asyncio.get_running_loop().sock_connect(near, ("127.0.0.1", self._proxy.target))
            self._readers["down"], self._writers["up"] = await asyncio.open_connection(sock=near)
            async with asyncio.TaskGroup() as tasks:
                for direction in ("up", "down"):
                    tasks.create_task(self._pump(direction))
        finally:
            if self._resumption is not None:
                self._resumption.cancel()
            for writer in self._writers.values():
                writer.transport.abort()

    # ---- what happens to it ----

    def silence(self) -> None:
        self._flowing.clear()

    def reset(self, *directions: Direction) -> None:
        """Break it for whoever is sent these directions."""
        for direction in directions:
            if writer := self._writers.get(direction):
                writer.transport.abort()

    def _strike(self, fault: Fault) -> None:
        match fault.kind:
            case "reset":
                self.reset("up", "down")
            case "end":
                for writer in self._writers.values():
                    writer.close()
            case "silence":
                self.silence()
            case "page gone":
                self.silence()
                self.reset("down")
            case "server gone":
                self.silence()
                self.reset("up")
            case "delay" | "stall":
                self.silence()
                seconds = DELAY if fault.kind == "delay" else STALL
                self._resumption = asyncio.get_running_loop().call_later(seconds, self._flowing.set)

    # ---- what it carries ----

    async def _pump(self, direction: Direction) -> None:
        reader, writer = self._readers[direction], self._writers[direction]
        with contextlib.suppress(OSError):
            while data := await reader.read(_READ):
                for piece in self._split(direction, data):
                    await self._flowing.wait()
                    if writer.is_closing():
                        break
                    self._forward(direction, piece, writer)
                    await writer.drain()
        # An end of a silent link is not passed on, or it would not be silent.
        await self._flowing.wait()
        other: Direction = "down" if direction == "up" else "up"
        writer.close()
        if self._writers[other].is_closing():
            self._readers[other].feed_eof()

    def _split(self, direction: Direction, data: bytes) -> Iterator[Piece]:
        splitter = self._splitters[direction]
        if direction == "down":
            for piece in splitter.feed_answer(data):
                self._splitters["up"].upgraded = splitter.upgraded
                yield piece
            return
        if (answer := self._proxy.upgrade_answer) is not None and b"upgrade: websocket" in data.lower():
            self._writers["down"].write(answer)
            self._writers["down"].close()
            return
        yield from splitter.feed(data)

    def _forward(self, direction: Direction, piece: Piece, writer: asyncio.StreamWriter) -> None:
        found = self._proxy.note(direction, piece)
        if found is None:
            writer.write(piece.raw)
            return
        fault, place = found
        sent = 0 if place == "before" else max(1, len(piece.raw) // 2)
        writer.write(piece.raw[:sent])
        self._strike(fault)
        if fault.kind in ("delay", "stall"):
            task = asyncio.get_running_loop().create_task(self._later(piece.raw[sent:], writer))
            self._rest = task

    async def _later(self, rest: bytes, writer: asyncio.StreamWriter) -> None:
        await self._flowing.wait()
        if not writer.is_closing():
            writer.write(rest)


def _has_binary(message: dict[str, object]) -> bool:
    inner = message.get("message")
    buffers = inner.get("buffers") if isinstance(inner, dict) else None
    return bool(buffers or message.get("buffers"))
