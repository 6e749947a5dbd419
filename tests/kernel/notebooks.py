"""A whole kernel in this process, at the other end of an in-memory channel."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from anyhost.channels import Channel, MemoryChannel, memory_channel_pair
from anyhost.kernel.bypass import Bypass
from anyhost.kernel.interruption import Interruption
from anyhost.kernel.kernel import Kernel
from anyhost.protocol.messages import (
    CellConsole,
    CellError,
    CellFinished,
    CellLifecycle,
    CellOutput,
    CellRunning,
    CellSource,
    CellStale,
    KernelCommand,
    KernelMessage,
    KernelStatus,
    ModelCommand,
    ModelLifecycle,
    ModelOpenMessage,
    ModelsRefreshed,
    ModelUpdateRequest,
    NotebookInfo,
    RefreshModels,
    RunCells,
    RunNotebook,
    SetCells,
    Shutdown,
)

T = TypeVar("T")


class Conversation:
    """What a kernel said, and the means to talk to it."""

    def __init__(self, channel: Channel[KernelCommand, KernelMessage], folder: Path) -> None:
        self.channel = channel
        self.folder = folder
        self.messages: list[KernelMessage] = []
        self.ids: list[str] = []
        self.writes = 0

    async def run(self, text: str, *, name: str = "notebook.py", show_code: bool = False) -> Conversation:
        """Run this notebook to its end."""
        self.start(text, name=name, show_code=show_code)
        await self.until(lambda message: isinstance(message, KernelStatus) and message.status == "idle")
        return self

    def start(self, text: str, *, name: str = "notebook.py", show_code: bool = False) -> None:
        path = self.folder / name
        path.write_text(text)
        self.channel.send(RunNotebook(path=str(path), show_code=show_code))

    async def edit(self, *sources: str, ids: str = "") -> None:
        """Have the kernel take these code cells, by default with the ids a, b, c, ... Nothing runs by it."""
        cells = [
            CellSource(cell_id=cell_id, source=source, number=number)
            for number, (cell_id, source) in enumerate(zip(ids or "abcdefghijklmnop", sources, strict=False), 1)
        ]
        self.ids = [cell.cell_id for cell in cells]
        self.channel.send(SetCells(path=str(self.folder / "notebook.py"), cells=cells))

    async def run_cells(self, *cell_ids: str, which: Literal["these", "all", "stale"] = "these") -> list[str]:
        """Run cells of the notebook that is being edited; which ones ran, in order."""
        since = len(self.messages)
        self.send_run(*cell_ids, which=which)
        await self.idle(since)
        return self.ran(since)

    def send_run(self, *cell_ids: str, which: Literal["these", "all", "stale"] = "these") -> None:
        self.channel.send(RunCells(command_id=1, which=which, cell_ids=list(cell_ids)))

    def interrupt(self) -> None:
        signal.raise_signal(signal.SIGINT)

    def last_mark(self, cell_id: str) -> bool:
        """Whether the cell was said to be stale when that was said last."""
        return [
            message.message.stale
            for message in self.messages
            if isinstance(message, CellLifecycle)
            and isinstance(message.message, CellStale)
            and message.cell_id == cell_id
        ][-1]

    async def write(self, model_id: str, state: dict[str, Any]) -> list[str]:
        """A client writes to a model; which cells ran for it, in order. At least one has to."""
        since = len(self.messages)
        self.send_write(model_id, state)
        await self.idle(since)
        return self.ran(since)

    def send_write(self, model_id: str, state: dict[str, Any]) -> None:
        values = {key: msgspec.Raw(msgspec.json.encode(value)) for key, value in state.items()}
        self.writes += 1
        message = ModelUpdateRequest(state=values)
        self.channel.send(ModelCommand(model_id=model_id, command_id=self.writes, message=message))

    async def quiet(self) -> None:
        """All that was sent is handled, and what runs for it has run."""
        for _ in range(2):
            since = len(self.messages)
            self.channel.send(RefreshModels(model_ids=[]))
            await self.until(lambda message: isinstance(message, ModelsRefreshed), since)
            for _turn in range(20):  # the kernel is in this loop: a run that is to begin has begun
                await asyncio.sleep(0)
        states = [message.status for message in self.messages if isinstance(message, KernelStatus)]
        if states.count("busy") > states.count("idle"):
            await self.idle(len(self.messages))

    async def idle(self, since: int = 0) -> None:
        await self.until(lambda message: message == KernelStatus(status="idle"), since)

    def ran(self, since: int = 0) -> list[str]:
        """The cells that have run, in order."""
        return [
            message.cell_id
            for message in self.messages[since:]
            if isinstance(message, CellLifecycle) and isinstance(message.message, CellRunning)
        ]

    async def until(self, wanted: Callable[[Any], object], since: int = 0) -> Any:
        """The first message for which this is true, among those said (after so many) and those to come."""
        for message in self.messages[since:]:
            if wanted(message):
                return message
        async with asyncio.timeout(20):
            while True:
                message = await self.channel.receive()
                self.messages.append(message)
                if wanted(message):
                    return message

    async def until_printed(self, text: str) -> None:
        await self.until(lambda _message: text in self.printed())

    # ---- what was said

    def cells(self) -> list[str]:
        """The ids of the cells, in order."""
        if self.ids:
            return self.ids
        (info,) = [message for message in self.messages if isinstance(message, NotebookInfo)]
        return [cell.cell_id for cell in info.cells]

    def of(self, kind: type[T], cell: int | None = None) -> list[T]:
        """What was said of this kind at a cell (its place, from 0), or at any."""
        wanted = None if cell is None else self.cells()[cell]
        return [
            message.message
            for message in self.messages
            if isinstance(message, CellLifecycle)
            and isinstance(message.message, kind)
            and wanted in (None, message.cell_id)
        ]

    def steps(self, cell: int = 0) -> list[str]:
        """A cell's messages, in order, each as a word or two."""
        cell_id = self.cells()[cell]
        return [
            _word(message.message)
            for message in self.messages
            if isinstance(message, CellLifecycle) and message.cell_id == cell_id
        ]

    def printed(self, stream: str = "stdout") -> str:
        return "".join(message.text for message in self.of(CellConsole) if message.stream == stream)

    def errors(self, cell: int | None = None) -> list[CellError]:
        return self.of(CellError, cell)

    def endings(self) -> list[str]:
        return [finished.status for finished in self.of(CellFinished)]

    def shown(self, cell: int | None = None) -> list[dict[str, Any]]:
        """The outputs' representations, decoded."""
        return [decoded(output) for output in self.of(CellOutput, cell)]

    def model_ids(self) -> list[str]:
        """The models with code of their own, in the order in which they opened."""
        return [
            message.model_id
            for message in self.messages
            if isinstance(message, ModelLifecycle)
            and isinstance(message.message, ModelOpenMessage)
            and message.message.module is not None
        ]


def decoded(output: CellOutput) -> dict[str, Any]:
    return {kind: msgspec.json.decode(value) for kind, value in output.data.items()}


def _word(message: Any) -> str:
    if isinstance(message, CellConsole):
        return f"{message.stream} {message.text!r}"
    if isinstance(message, CellOutput):
        return f"output {decoded(message).get('text/plain')}"
    if isinstance(message, CellError):
        return f"error {message.name}"
    if isinstance(message, CellFinished):
        return f"finished {message.status}"
    return str(message.__struct_config__.tag)


async def _serve(
    kernel: Kernel, channel: MemoryChannel[KernelMessage, KernelCommand], interruption: Interruption
) -> None:
    try:
        await kernel.run(channel, interruption, Bypass())
    finally:
        await channel.aclose()


@asynccontextmanager
async def kernel_in(
    folder: Path, *, interruptible: bool = False, owns_process: bool = False
) -> AsyncIterator[Conversation]:
    """A kernel that runs in this process until the block ends.

    With `interruptible`, it gets this process's SIGINT; with `owns_process`, its descriptors 1 and 2.
    """
    loop = asyncio.get_running_loop()
    ours: MemoryChannel[KernelCommand, KernelMessage]
    theirs: MemoryChannel[KernelMessage, KernelCommand]
    ours, theirs = memory_channel_pair(loop)
    interruption = Interruption(loop)
    conversation = Conversation(ours, folder)
    if interruptible:
        interruption.__enter__()
    kernel = Kernel(owns_process=owns_process)
    running = asyncio.create_task(_serve(kernel, theirs, interruption))
    try:
        yield conversation
    finally:
        if not running.done():
            ours.send(Shutdown())
        await asyncio.wait([running], timeout=10)
        if interruptible:
            interruption.__exit__()
    await running
