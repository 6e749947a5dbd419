"""A kernel that does what a test says: a `KernelHandle` over an in-memory channel."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from anyhost.channels import MemoryChannel, memory_channel_pair
from anyhost.protocol.buffers import Buffers, Path
from anyhost.protocol.messages import (
    KernelCommand,
    KernelMessage,
    ModelAck,
    ModelCloseMessage,
    ModelCommand,
    ModelCustomMessage,
    ModelLifecycle,
    ModelOpenMessage,
    ModelUpdateMessage,
    ModuleSpec,
    RunNotebook,
)


def raw_state(**state: Any) -> dict[str, msgspec.Raw]:
    """A state as it is on the wire: each value a piece of JSON."""
    return {key: msgspec.Raw(msgspec.json.encode(value)) for key, value in state.items()}


class ScriptedKernel:
    """One kernel. The test says what it says, takes the commands that it gets, and answers them.

    What the test tells it to say after the session has closed it goes nowhere, as with a kernel that ends.
    """

    def __init__(self) -> None:
        self.channel: MemoryChannel[KernelCommand, KernelMessage]
        self.channel, self._far_end = memory_channel_pair(asyncio.get_running_loop())
        self.interrupts = 0
        self.closed = False
        """Whether its owner has closed it."""
        self._ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    # ---- what a session sees ----

    async def wait(self) -> str:
        return await asyncio.shield(self._ended)

    def interrupt(self) -> None:
        self.interrupts += 1

    async def aclose(self) -> None:
        self.closed = True
        await self.end("ended")

    # ---- what a test does ----

    def say(self, message: KernelMessage) -> None:
        if not self._ended.done():
            self._far_end.send(message)

    def open(
        self,
        model_id: str,
        *,
        buffers: Sequence[tuple[Path, bytes]] = (),
        module: ModuleSpec | None = None,
        **state: Any,
    ) -> None:
        message = ModelOpenMessage(
            state=raw_state(**state),
            buffer_paths=[path for path, _ in buffers],
            buffers=Buffers(buffer for _, buffer in buffers),
            module=module,
        )
        self.say(ModelLifecycle(model_id=model_id, message=message))

    def update(self, model_id: str, *, buffers: Sequence[tuple[Path, bytes]] = (), **state: Any) -> None:
        message = ModelUpdateMessage(
            state=raw_state(**state),
            buffer_paths=[path for path, _ in buffers],
            buffers=Buffers(buffer for _, buffer in buffers),
        )
        self.say(ModelLifecycle(model_id=model_id, message=message))

    def custom(self, model_id: str, content: Any, buffers: Sequence[bytes] = ()) -> None:
        message = ModelCustomMessage(content=msgspec.Raw(msgspec.json.encode(content)), buffers=Buffers(buffers))
        self.say(ModelLifecycle(model_id=model_id, message=message))

    def close(self, model_id: str) -> None:
        self.say(ModelLifecycle(model_id=model_id, message=ModelCloseMessage()))

    async def command(self) -> KernelCommand:
        """The next command from the session; the one that runs the notebook is left out."""
        while isinstance(command := await self._far_end.receive(), RunNotebook):
            pass
        return command

    async def model_command(self) -> ModelCommand:
        """The next command, which must be one for a model."""
        command = await self.command()
        assert isinstance(command, ModelCommand), command
        return command

    def answer(
        self,
        command: ModelCommand,
        status: Literal["accepted", "corrected", "rejected"] = "accepted",
        *,
        error: str | None = None,
        **state: Any,
    ) -> None:
        """Answer a command; `state` is what the kernel holds instead."""
        assert command.command_id is not None
        self.say(
            ModelAck(
                model_id=command.model_id,
                command_id=command.command_id,
                status=status,
                state=raw_state(**state),
                error=error,
            )
        )

    async def end(self, reason: str) -> None:
        """The kernel's process ends. What it said before is still received."""
        if not self._ended.done():
            self._ended.set_result(reason)
        await self._far_end.aclose()

    async def close_channel(self) -> None:
        """Only its channel ends."""
        await self._far_end.aclose()


class ScriptedStarter:
    """A `KernelStarter`; `failure`, while it is set, is raised instead of starting a kernel."""

    def __init__(self) -> None:
        self.kernels: list[ScriptedKernel] = []
        self.failure: OSError | None = None
        self.warmed = asyncio.Event()
        """Set by a test: kernels from here on are warmer."""
        self._started = asyncio.Event()

    async def start(self) -> ScriptedKernel:
        if self.failure is not None:
            raise self.failure
        kernel = ScriptedKernel()
        self.kernels.append(kernel)
        self._started.set()
        return kernel

    async def warmer(self) -> None:
        await self.warmed.wait()
        self.warmed.clear()

    async def kernel(self, index: int = 0) -> ScriptedKernel:
        """The kernel of this number, once it has been started."""
        while len(self.kernels) <= index:
            self._started.clear()
            await self._started.wait()
        return self.kernels[index]

    @property
    def alive(self) -> int:
        """How many kernels nobody has closed."""
        return sum(1 for kernel in self.kernels if not kernel.closed)
