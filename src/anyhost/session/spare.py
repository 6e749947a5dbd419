"""A kernel started ahead of time, so that the next session starts at once."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Self

from anyhost.kernel.handle import KernelHandle, KernelStarter

REFILL = 0.5
"""How long the next one waits when a spare kernel was taken, in seconds: whoever took it draws a page meanwhile."""


class SpareKernel:
    """A `KernelStarter` that keeps one kernel of another starter ready. It runs nothing until it is taken, and
    makes way for another one where that would have more loaded. The next one is started `REFILL` after.

    An async context manager; leaving it ends the kernel that nobody took.
    """

    def __init__(self, starter: KernelStarter) -> None:
        self._starter = starter
        self._spare: KernelHandle | None = None
        self._taken = asyncio.Event()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        tasks = await self._stack.enter_async_context(asyncio.TaskGroup())
        keeping = tasks.create_task(self._keep_one())
        self._stack.callback(keeping.cancel)
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._stack.aclose()

    async def start(self) -> KernelHandle:
        """The spare kernel, or a new one while there is none. Raises what the starter raises."""
        kernel, self._spare = self._spare, None
        self._taken.set()
        return kernel or await self._starter.start()

    async def warmer(self) -> None:
        await self._starter.warmer()

    async def _keep_one(self) -> None:
        while True:
            self._taken.clear()
            try:
                kernel = await self._starter.start()
            except OSError:
                pass  # whoever starts a kernel next is told
            else:
                await self._hold(kernel)
            # One that ended by itself, or could not be started, is not tried again until one is needed.
            await self._taken.wait()
            await asyncio.sleep(REFILL)

    async def _hold(self, kernel: KernelHandle) -> None:
        """Offer a kernel until it is taken, or ends, or another one would be warmer."""
        self._spare = kernel
        try:
            async with asyncio.TaskGroup() as tasks:
                ended = tasks.create_task(kernel.wait(), name="a spare kernel waits")
                taken = tasks.create_task(self._taken.wait())
                outdone = tasks.create_task(self._starter.warmer())
                await asyncio.wait([ended, taken, outdone], return_when=asyncio.FIRST_COMPLETED)
                if outdone.done():
                    self._taken.set()
                for wait in (ended, taken, outdone):
                    wait.cancel()
        finally:
            if self._spare is kernel:
                self._spare = None
                await kernel.aclose()
