"""A proxy that does to a connection what networks do, at the message where it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Final, Self

from websocket_frames import FrameSplitter, Piece

from faults import Direction, Fault, Message

DELAY: Final = 0.1
STALL: Final = 1.5
"""Longer than a heartbeat of the pages and sockets of these tests; in seconds."""
_HEARTBEATS: Final = ("ping", "pong", "probe")
_READ: Final = 1 << 16


class FaultProxy:
    """Listens on a port of its own and carries each connection to `target`. An async context manager.

    `arm` begins a conversation: messages are counted from there, over all connections, and faults strike in
    their order, each counted from the one before it. What was said since then is in `conversation`. A fault
    strikes at its message or, where that has no binary this time, at the next that has.
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
        self._tasks: asyncio.TaskGroup

    async def __aenter__(self) -> Self:
        self._tasks = await self._stack.enter_async_context(asyncio.TaskGroup())
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self._stack.callback(server.close)
        self.port = server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        for link in self._links:
            link.task.cancel()
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

    def note(self, direction: Direction, piece: Piece) -> Fault | None:
        """A message begins, or goes on with its binary: the fault that strikes here."""
        if piece.text is not None:
            kind = piece.text.get("op") or piece.text.get("type")
            if kind in _HEARTBEATS:
                return None
            self.conversation.append(Message(direction, self._counts[direction], str(kind), _has_binary(piece.text)))
            self._counts[direction] += 1
        elif not piece.binary:
            return None
        fault = self._plan[0] if self._plan else None
        if fault is None or fault.direction != direction or self._counts[direction] - 1 < fault.index:
            return None
        if piece.binary != (fault.place == "binary"):
            return None
        self._plan.pop(0)
        self.struck.append(fault)
        self._counts = {"up": 0, "down": 0}
        self.conversation = []
        return fault

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refusing:
            writer.transport.abort()
            return
        link = _Link(self, reader, writer)
        link.task = self._tasks.create_task(link.run())
        self._links.add(link)
        link.task.add_done_callback(lambda _: self._links.discard(link))


class _Link:
    """One connection through the proxy."""

    task: asyncio.Task[None]

    def __init__(self, proxy: FaultProxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._proxy = proxy
        self._page = reader, writer
        self._writers: dict[Direction, asyncio.StreamWriter] = {"down": writer}  # by what they carry
        self._splitters: dict[Direction, FrameSplitter] = {"up": FrameSplitter(), "down": FrameSplitter()}
        self._flowing = asyncio.Event()
        self._flowing.set()

    async def run(self) -> None:
        if self._proxy.swallowing:
            self.silence()
        try:
            # As TCP by name: otherwise asyncio leaves Nagle's algorithm on.
            near = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
            near.settimeout(0)
            await asyncio.get_running_loop().sock_connect(near, ("127.0.0.1", self._proxy.target))
            from_server, self._writers["up"] = await asyncio.open_connection(sock=near)
            await asyncio.gather(self._pump("up", self._page[0]), self._pump("down", from_server))
        except OSError:
            pass  # the server is not there
        finally:
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
                asyncio.get_running_loop().call_later(seconds, self._flowing.set)

    # ---- what it carries ----

    async def _pump(self, direction: Direction, reader: asyncio.StreamReader) -> None:
        writer = self._writers[direction]
        with contextlib.suppress(OSError):
            while data := await reader.read(_READ):
                if direction == "up" and self._is_refused(data):
                    return
                for piece in self._split(direction, data):
                    await self._flowing.wait()
                    await self._forward(direction, piece, writer)
        await self._flowing.wait()  # the end of a silent link is not passed on, or it would not be silent
        writer.close()

    def _is_refused(self, data: bytes) -> bool:
        answer = self._proxy.upgrade_answer
        if answer is None or b"upgrade: websocket" not in data.lower():
            return False
        self._writers["down"].write(answer)
        for writer in self._writers.values():
            writer.close()
        return True

    def _split(self, direction: Direction, data: bytes) -> Iterator[Piece]:
        splitter = self._splitters[direction]
        if direction == "up":
            yield from splitter.feed(data)
            return
        for piece in splitter.feed_answer(data):
            self._splitters["up"].upgraded = splitter.upgraded
            yield piece

    async def _forward(self, direction: Direction, piece: Piece, writer: asyncio.StreamWriter) -> None:
        fault = self._proxy.note(direction, piece)
        if fault is None:
            writer.write(piece.raw)
        else:
            sent = 0 if fault.place == "before" else max(1, len(piece.raw) // 2)
            writer.write(piece.raw[:sent])
            self._strike(fault)
            await self._flowing.wait()
            writer.write(piece.raw[sent:])
        await writer.drain()


def _has_binary(message: dict[str, object]) -> bool:
    inner = message.get("message")
    buffers = inner.get("buffers") if isinstance(inner, dict) else None
    return bool(buffers or message.get("buffers"))
