"""The kernels of a session: one at a time, the next one after a restart, and what is said when one ends."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from typing import Protocol

from anyhost.channels import Channel, ChannelClosed
from anyhost.kernel.handle import KernelHandle, KernelStarter, SendsAhead
from anyhost.protocol.buffers import Buffers
from anyhost.protocol.messages import (
    KernelCommand,
    KernelMessage,
    KernelReady,
    KernelStatus,
    ModelCloseMessage,
    ModelLifecycle,
    ModelsRefreshed,
    RefreshModels,
)

from .order import Order
from .settings import SessionSettings

_LARGE = 1 << 20
"""From how many bytes on a buffer goes ahead of its message."""

_FAIR = 64
"""Messages read from the kernel before others have a turn, since a channel that is full never waits."""


class Listener(Protocol):
    """Who speaks with a kernel as long as there is one."""

    def begin_kernel(self) -> Iterable[KernelCommand]:
        """What a new kernel is told first."""

    def receive(self, message: KernelMessage) -> None:
        """The kernel has said something."""

    def end_kernel(self, reason: str) -> None:
        """The kernel is gone: nothing more will be answered."""


class Kernels:
    """Whoever makes it runs `run` in a task of theirs, until `end`."""

    def __init__(
        self,
        starter: KernelStarter,
        order: Order,
        listener: Listener,
        settings: SessionSettings,
        clock: Callable[[], float],
    ) -> None:
        self.pid: int | None = None
        self._starter = starter
        self._order = order
        self._listener = listener
        self._settings = settings
        self._clock = clock
        self._kernel: KernelHandle | None = None
        self._absence = "the kernel is starting"
        self._ended = False
        self._interruption = asyncio.Event()  # the kernel is to end, for a restart or for good
        self._restarted_at = -float("inf")
        self._refreshed = asyncio.Event()  # no refresh is under way
        self._refreshed.set()

    # ---- the one that is there ----

    @property
    def absence(self) -> str | None:
        """Why there is no kernel at the moment; None: there is one."""
        return self._absence if self._kernel is None else None

    @property
    def is_coming(self) -> bool:
        """Whether there is no kernel at the moment, and will be one."""
        status = self._order.replay.kernel
        dead = status is not None and status.status == "dead"
        return self._kernel is None and (not dead or self._interruption.is_set())

    def tell(self, command: KernelCommand) -> str | None:
        """Hand a command to the kernel. Returns why there is none that could take it."""
        if self._kernel is None:
            return self._absence
        try:
            self._kernel.channel.send(command)
        except ChannelClosed:
            return "the kernel has ended"
        return None

    def ahead(self, buffers: Buffers) -> None:
        """Pass on what has come of a command's binary, where it is one large buffer."""
        channel = self._sending_ahead(buffers)
        if channel is not None:
            channel.ahead(buffers)

    def settle(self, buffers: Buffers) -> None:
        """That command has been told, or will not be."""
        channel = self._sending_ahead(buffers)
        if channel is not None:
            channel.forget(buffers)

    def _sending_ahead(self, buffers: Buffers) -> SendsAhead | None:
        if self._kernel is None or len(buffers) != 1 or buffers.nbytes < _LARGE:
            return None
        return self._kernel.channel if isinstance(self._kernel.channel, SendsAhead) else None

    def interrupt(self) -> None:
        """Interrupt what its main thread does, if there is one."""
        if self._kernel is not None:
            self._kernel.interrupt()

    async def refresh(self) -> None:
        """Have the kernel say the states of models that may have changed without a word, before a snapshot.

        A kernel that is busy is not waited for: then the snapshot has what was said last, and what differs
        follows as a change.
        """
        if self._kernel is None or not self._order.silent:
            return
        if self._refreshed.is_set():
            self._refreshed.clear()
            if self.tell(RefreshModels(model_ids=sorted(self._order.silent))) is not None:
                self._refreshed.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._settings.refresh_seconds):
                await self._refreshed.wait()

    # ---- one after another ----

    def restart(self) -> float:
        """End the kernel, or what is left of it, and start another. Returns 0, or how many seconds to wait first."""
        wait = self._restarted_at + self._settings.restart_seconds - self._clock()
        if wait > 0:
            return wait
        self._restarted_at = self._clock()
        self._interruption.set()
        return 0

    def end(self) -> None:
        """Have `run` end, and with it the kernel."""
        self._ended = True
        self._interruption.set()

    async def run(self) -> None:
        """Start a kernel and read it; again after each restart; until the end."""
        while not self._ended:
            self._interruption.clear()
            self._absence = "the kernel is starting"
            self._order.publish(KernelStatus(status="starting"))
            detail = await self._run_one()
            if detail is not None:
                self._order.publish(KernelStatus(status="dead", detail=detail))
                await self._interruption.wait()
            self._close_models()

    async def _run_one(self) -> str | None:
        """One kernel, from its start to its end. Returns why it ended by itself; None: it was to end."""
        try:
            kernel = await self._starter.start()
        except OSError as error:
            self._absence = str(error)
            return self._absence
        try:
            detail = await self._attend(kernel)
        finally:
            self._kernel = None
            self.pid = None
            await kernel.aclose()
        return detail

    async def _attend(self, kernel: KernelHandle) -> str | None:
        """Read a kernel until it ends, or is to end. Afterwards nothing waits for it any more."""
        if not self._interruption.is_set():
            self._kernel = kernel
            for command in self._listener.begin_kernel():
                self.tell(command)  # where it ended at once, what follows finds out why
        detail = await self._read_to_the_end(kernel)
        self._kernel = None
        self._refreshed.set()
        self._absence = "the kernel is being restarted" if detail is None else f"the kernel has ended: {detail}"
        self._listener.end_kernel(self._absence)
        for end in self._order.replay.ends_of_runs():
            self._order.publish(end)
        return detail

    async def _read_to_the_end(self, kernel: KernelHandle) -> str | None:
        """Returns why it ended by itself; None: it is to end."""
        async with asyncio.TaskGroup() as tasks:
            reading = tasks.create_task(self._read(kernel.channel))
            ended = tasks.create_task(kernel.wait())
            interrupted = tasks.create_task(self._interruption.wait())
            await asyncio.wait([reading, ended, interrupted], return_when=asyncio.FIRST_COMPLETED)
            if not interrupted.done():
                # The last messages come with the end, or just before; but a process that the kernel left
                # behind can hold its channel open for ever.
                await asyncio.wait([reading, ended], timeout=self._settings.last_words_seconds)
            for task in (reading, ended, interrupted):
                task.cancel()
        if self._interruption.is_set():
            return None
        return "it closed its connection" if ended.cancelled() else ended.result()

    async def _read(self, channel: Channel[KernelCommand, KernelMessage]) -> None:
        count = 0
        try:
            while not self._interruption.is_set():
                self._receive(await channel.receive())
                count += 1
                if count % _FAIR == 0:
                    await asyncio.sleep(0)
        except ChannelClosed:
            pass

    def _receive(self, message: KernelMessage) -> None:
        match message:
            case KernelReady():
                self.pid = message.pid
            case ModelsRefreshed():
                self._refreshed.set()
            case _:
                self._listener.receive(message)

    def _close_models(self) -> None:
        """A new kernel makes models of its own: ids never mix (R5)."""
        for model_id in reversed(self._order.replay.model_ids):
            self._order.publish(ModelLifecycle(model_id=model_id, message=ModelCloseMessage()))
