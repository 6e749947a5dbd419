"""Widgets that are made once for all visitors: one set of models, which many sessions show.

Their kernel is one of its own. What it says goes to each session that has asked for one of them, as if its
own kernel had said it; a client's command comes back here, and what became of it is the writer's answer and a
change for everyone else, in all sessions.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import itertools
import logging
from collections.abc import Callable, Container, Sequence
from typing import Any, Self

import msgspec

from anyhost.channels import ChannelClosed
from anyhost.kernel.local import Publisher
from anyhost.protocol.messages import (
    KernelMessage,
    ModelAck,
    ModelCloseMessage,
    ModelCommand,
    ModelLifecycle,
    ModuleSource,
    RefreshModels,
)
from anyhost.protocol.parts import applied_by
from anyhost.session.replay import Replay
from anyhost.session.session import ModuleStore

from .session import Session, SessionKernel

_log = logging.getLogger("anyhost")

_HOLDER = "shared"
"""In whose name modules are kept."""


class SharedWidgets:
    """An async context manager; leaving it closes them.

    `begin` makes the session that holds them, and another one when its kernel has ended by itself. It is started with
    the first that is asked for; `at_once`, with the context. `on_lost` hears of such an end: what it was, in words, and
    the kernels of the sessions that show them.
    """

    def __init__(
        self,
        begin: Callable[[], Session],
        modules: ModuleStore,
        *,
        at_once: bool,
        on_lost: Callable[[str, Container[Publisher]], None],
    ) -> None:
        self._begin = begin
        self._on_lost = on_lost
        self._modules = modules
        self._at_once = at_once
        self._replay = Replay()
        self._showing: set[Publisher] = set()
        self._asked: dict[int, tuple[Publisher, ModelCommand]] = {}
        self._serials = itertools.count(1)
        self._starting = asyncio.Lock()
        self._reading: asyncio.Task[None] | None = None
        self._session: Session
        self._context: contextvars.Context

    async def __aenter__(self) -> Self:
        # What it does must not look like part of the request that happens to start it.
        self._context = contextvars.copy_context()
        self._session = self._begin()
        if self._at_once:
            await self._living()
        return self

    async def __aexit__(self, *exc: object) -> None:
        async with self._session:
            if self._reading is not None:
                self._reading.cancel()
                await asyncio.wait([self._reading])
        self._modules.release(_HOLDER)

    def __getitem__(self, name: str) -> Any:
        """From any thread. Raises as `Session` does."""
        return self._session[name]

    async def run(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """As `Session.run`."""
        session = await self._living()
        return await session.run(function, *args, **kwargs)

    async def model_id(self, name: str) -> str:
        """As `Session.model_id`."""
        session = await self._living()
        return await session.model_id(name)

    # ---- the sessions that show them; on the event loop

    def join(self, kernel: Publisher) -> None:
        """From now on what is shared is part of this kernel's session. Idempotent."""
        if kernel in self._showing or kernel.closed:
            return
        self._showing.add(kernel)
        for event in self._replay.snapshot():
            if isinstance(event, ModelLifecycle):
                kernel.publish(event)

    def leave(self, kernel: Publisher) -> None:
        self._showing.discard(kernel)

    def handle(self, kernel: Publisher, commands: Sequence[ModelCommand]) -> bool:
        """See `OtherModels`."""
        if not self._replay.is_open(commands[0].model_id):
            return False
        for command in commands:
            serial = next(self._serials)
            self._asked[serial] = kernel, command
            with contextlib.suppress(ChannelClosed):  # its end follows, and answers what is left
                self._session.kernel.channel.send(msgspec.structs.replace(command, command_id=serial))
        return True

    def refresh(self, model_ids: Sequence[str]) -> None:
        held = [model_id for model_id in model_ids if self._replay.is_open(model_id)]
        if held:
            with contextlib.suppress(ChannelClosed):
                self._session.kernel.channel.send(RefreshModels(model_ids=held))

    # ---- the one that holds them

    async def _living(self) -> Session:
        async with self._starting:
            if self._session.kernel.closed and not self._session.ended:
                await self._session.__aexit__()
                if self._reading is not None:
                    await asyncio.wait([self._reading])
                self._session, self._reading = self._begin(), None
            if self._reading is None:
                self._reading = await asyncio.create_task(self._start(), context=self._context.copy())
            return self._session

    async def _start(self) -> asyncio.Task[None]:
        kernel = self._session.kernel
        await kernel.start()
        return asyncio.create_task(self._read(kernel), name="anyhost: shared widgets")

    async def _read(self, kernel: SessionKernel) -> None:
        try:
            while True:
                self._receive(await kernel.channel.receive())
                await asyncio.sleep(0)
        except ChannelClosed:
            self._lose(await kernel.wait())

    def _lose(self, why: str) -> None:
        """Their kernel has ended by itself: who waits is told, and nobody shows them any more."""
        words = f"the process of the widgets that all share has ended: {why}"
        _log.error("%s", words)
        self._on_lost(words, self._showing)
        for serial, (_, command) in list(self._asked.items()):
            self._answer(ModelAck(model_id=command.model_id, command_id=serial, status="rejected", error=words))
        for model_id in reversed(self._replay.model_ids):
            self._publish(ModelLifecycle(model_id=model_id, message=ModelCloseMessage()))

    def _receive(self, message: KernelMessage) -> None:
        match message:
            case ModuleSource():
                self._modules.put(_HOLDER, message)
            case ModelAck():
                self._answer(message)
            case ModelLifecycle():
                self._publish(message)
            case _:
                pass  # of its own state

    def _answer(self, ack: ModelAck) -> None:
        writer, command = self._asked.pop(ack.command_id)
        update = applied_by(command, ack, self._replay.keys_of(command.model_id))
        writer.publish(msgspec.structs.replace(ack, command_id=command.command_id or 0))
        if update is not None:
            self._publish(ModelLifecycle(model_id=command.model_id, message=update), writer)

    def _publish(self, event: ModelLifecycle, writer: Publisher | None = None) -> None:
        applied = self._replay.apply(event)
        if isinstance(applied, ModelLifecycle):
            for kernel in self._showing - {writer}:
                kernel.publish(applied)
