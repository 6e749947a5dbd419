"""A kernel that only holds widgets, in this process, beside others of its kind: the same models and comms behind the
same channel.

Nothing of the process is taken: stdio, signals, `display` and the shell stay as they are, and widgets that no
session of ours makes keep the comm that they would have had (`patches.py`). Messages are handled on the event loop
that it was made on, in its own context; a handler that is slow therefore holds up that loop, and whatever else
runs there.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from anyhost.channels import Channel, ChannelClosed, MemoryChannel, memory_channel_pair
from anyhost.protocol.messages import (
    CallFunction,
    KernelCommand,
    KernelMessage,
    KernelReady,
    KernelStatus,
    ModelCommand,
    ModelsRefreshed,
    RefreshModels,
    Shutdown,
)

from .current import Running, running
from .models import Models
from .patches import patched, reassert_comm
from .waiting import Waiting

logger = logging.getLogger("anyhost")


class Publisher(Protocol):
    """What says things to a session: its kernel."""

    @property
    def closed(self) -> bool: ...

    def publish(self, message: KernelMessage) -> None: ...


class OtherModels(Protocol):
    """Models that this kernel's session shows, and another one holds."""

    def handle(self, kernel: Publisher, commands: Sequence[ModelCommand]) -> bool:
        """Answer commands for one model, by `kernel.publish`, now or later. False: it is not held there, either."""

    def refresh(self, model_ids: Sequence[str]) -> None:
        """As `Models.refresh`."""


class LocalKernel:
    """A `KernelHandle`, and a `KernelStarter` that starts just itself, once. Widgets may be made before that.

    Make it on the event loop that is to handle its messages, and close it there once it was used. `others` has
    models that are not its own. `own` is its end of a channel whose other end is elsewhere already; else that one is
    `channel`. `on_call` answers what is to be called.
    """

    def __init__(
        self,
        others: OtherModels | None = None,
        *,
        own: Channel[KernelMessage, KernelCommand] | None = None,
        on_call: Callable[[CallFunction], None] | None = None,
    ) -> None:
        self.channel: MemoryChannel[KernelCommand, KernelMessage]
        self._own: Channel[KernelMessage, KernelCommand]
        self._loop = asyncio.get_running_loop()
        if own is None:
            self.channel, self._own = memory_channel_pair(self._loop)
        else:
            self._own = own
        self._on_call = on_call
        self.models = Models(self, self.publish)
        self._others = others
        self._waiting = Waiting()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._serving: asyncio.Task[None] | None = None
        self._patching = threading.Lock()
        self._patches: contextlib.ExitStack | None = None

    @property
    def closed(self) -> bool:
        return self._ended.done()

    @contextlib.contextmanager
    def active(self) -> Iterator[None]:
        """What runs inside belongs to this kernel: the widgets that it makes, and the threads that it starts."""
        self._patch()
        token = running.set(Running(self, None))
        try:
            yield
        finally:
            running.reset(token)

    def enter(self) -> None:
        """The same for the rest of the current context, such as that of a request."""
        self._patch()
        running.set(Running(self, None))

    def _patch(self) -> None:
        """Have the process's globals know us, from the first use to the end; an import may have taken them away."""
        with self._patching:
            if self.closed:
                return
            if self._patches is None:
                self._patches = contextlib.ExitStack()
                self._patches.enter_context(patched())
            reassert_comm()

    def publish(self, message: KernelMessage) -> None:
        """Hand a message over, from any thread. After the end it is gone (P10: never raises)."""
        with contextlib.suppress(ChannelClosed):
            self._own.send(message)

    def show_error(self, error: BaseException) -> None:
        """There is no cell to show it at: the app's log has it, and a client's answer names it, too (promise 9)."""
        logger.error("a widget's code raised %s", type(error).__name__, exc_info=error)

    # ---- as a starter

    async def start(self) -> LocalKernel:
        """Begin to handle messages."""
        assert self._serving is None, "it starts once"
        self._patch()
        self._serving = asyncio.create_task(self._serve(), name="anyhost: a kernel in this process")
        return self

    async def warmer(self) -> None:
        await self._ended

    # ---- as a handle

    async def wait(self) -> str:
        """It ends when it is closed; by itself only through a fault of ours."""
        serving = [self._serving] if self._serving is not None else []
        await asyncio.wait([self._ended, *serving], return_when=asyncio.FIRST_COMPLETED)
        return "ended" if self.closed else "a fault of anyhost's own; the log of the app has it"

    def interrupt(self) -> None:
        """Nothing can be interrupted: what runs, runs on the app's own loop."""

    async def aclose(self) -> None:
        """Close every model, and give the process back what was its own. Idempotent."""
        if self.closed:
            return
        self._ended.set_result(None)
        try:
            if self._serving is not None:
                self._serving.cancel()
                await asyncio.wait([self._serving])
        finally:
            self.models.close_all()
            await self._own.aclose()
            with self._patching:
                if self._patches is not None:
                    self._patches.close()

    async def _serve(self) -> None:
        self.publish(KernelReady(pid=os.getpid()))
        self.publish(KernelStatus(status="idle"))
        try:
            async with asyncio.TaskGroup() as tasks:
                receiving = tasks.create_task(self._receive())
                while not isinstance((commands := await self._waiting.get())[0], Shutdown):
                    self._handle(commands)
                receiving.cancel()
        except Exception:  # whoever waits for the kernel tells the page that it is gone
            logger.exception("a kernel in this process ended by a fault of anyhost's own")

    async def _receive(self) -> None:
        while True:
            try:
                self._waiting.put(await self._own.receive())
            except ChannelClosed:
                self._waiting.put(Shutdown())
                return

    def _handle(self, commands: Sequence[KernelCommand]) -> None:
        first = commands[0]
        if isinstance(first, RefreshModels):
            self.models.refresh(first.model_ids)
            if self._others is not None:
                self._others.refresh(first.model_ids)
            self.publish(ModelsRefreshed())
        elif isinstance(first, ModelCommand):
            group = [command for command in commands if isinstance(command, ModelCommand)]
            own = self._others is None or first.model_id in self.models or not self._others.handle(self, group)
            if own:
                self.models.handle(*group)
        elif isinstance(first, CallFunction) and self._on_call is not None:
            self._on_call(first)
        # Nothing else is ever sent: there are no cells.
