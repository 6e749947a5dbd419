"""A whole kernel in this process, at the other end of an in-memory channel."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from anyhost.channels import MemoryChannel, memory_channel_pair
from anyhost.kernel.interruption import Interruption
from anyhost.kernel.kernel import Kernel
from anyhost.protocol.messages import (
    CellConsole,
    CellError,
    CellFinished,
    CellLifecycle,
    CellOutput,
    KernelCommand,
    KernelMessage,
    KernelStatus,
    ModelLifecycle,
    ModelOpenMessage,
    NotebookInfo,
    RunNotebook,
    Shutdown,
)

T = TypeVar("T")


class Conversation:
    """What a kernel said, and the means to talk to it."""

    def __init__(self, channel: MemoryChannel[KernelCommand, KernelMessage], folder: Path) -> None:
        self.channel = channel
        self.folder = folder
        self.messages: list[KernelMessage] = []

    async def run(self, text: str, *, name: str = "notebook.py", show_code: bool = False) -> Conversation:
        """Run this notebook to its end."""
        self.start(text, name=name, show_code=show_code)
        await self.until(lambda message: isinstance(message, KernelStatus) and message.status == "idle")
        return self

    def start(self, text: str, *, name: str = "notebook.py", show_code: bool = False) -> None:
        path = self.folder / name
        path.write_text(text)
        self.channel.send(RunNotebook(path=str(path), show_code=show_code))

    async def until(self, wanted: Callable[[Any], object]) -> Any:
        """The first message for which this is true, among those said and those to come."""
        for message in self.messages:
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


async def _serve(kernel: Kernel, channel: MemoryChannel[KernelMessage, KernelCommand]) -> None:
    try:
        await kernel.run()
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
    kernel = Kernel(theirs, interruption, owns_process=owns_process)
    running = asyncio.create_task(_serve(kernel, theirs))
    try:
        yield conversation
    finally:
        if not running.done():
            ours.send(Shutdown())
        await asyncio.wait([running], timeout=10)
        if interruptible:
            interruption.__exit__()
    await running
