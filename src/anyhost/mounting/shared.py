"""Widgets that are made once for all visitors: one set of models, which many sessions show.

Their kernel is one of its own. What it says goes to each session that has asked for one of them, as if its
own kernel had said it; a client's command comes back here, and what became of it is the writer's answer and a
change for everyone else, in all sessions.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import threading
from collections.abc import Sequence
from typing import Any, Self

import msgspec

from anyhost.channels import ChannelClosed
from anyhost.kernel.local import LocalKernel
from anyhost.protocol.messages import KernelMessage, ModelAck, ModelCommand, ModelLifecycle, ModuleSource
from anyhost.protocol.parts import applied_by
from anyhost.session.replay import Replay
from anyhost.session.session import ModuleStore

from .widgets import Named, NamedWidgets, open_model

_HOLDER = "shared"
"""In whose name modules are kept."""


class SharedWidgets:
    """An async context manager; leaving it closes them."""

    def __init__(self, named: NamedWidgets, modules: ModuleStore) -> None:
        self._named = named
        self._modules = modules
        self._replay = Replay()
        self._made: dict[str, Any] = {}
        self._making = threading.RLock()
        self._sessions: set[LocalKernel] = set()
        self._asked: dict[int, tuple[LocalKernel, ModelCommand]] = {}
        self._serials = itertools.count(1)
        self._kernel: LocalKernel
        self._reading: asyncio.Task[None]

    async def __aenter__(self) -> Self:
        self._kernel = await LocalKernel().start()
        self._reading = asyncio.create_task(self._read(), name="anyhost: shared widgets")
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._reading.cancel()
        await asyncio.wait([self._reading])
        await self._kernel.aclose()
        self._modules.release(_HOLDER)

    def __getitem__(self, name: str) -> Any:
        """From any thread. Raises `UnknownWidget` or `FactoryError`."""
        return self.get(self._named.find(name))

    def get(self, named: Named) -> Any:
        with self._making:
            if named.name not in self._made:
                self._made[named.name] = named.make(self._kernel, None)
            return self._made[named.name]

    def model_id(self, named: Named) -> str:
        """The id of a widget's model, which opens again if somebody closed it."""
        return str(open_model(self.get(named), self._kernel))

    # ---- the sessions that show them; on the event loop

    def join(self, kernel: LocalKernel) -> None:
        """From now on what is shared is part of this kernel's session. Idempotent."""
        if kernel in self._sessions or kernel.closed:
            return
        self._sessions.add(kernel)
        for event in self._replay.snapshot():
            if isinstance(event, ModelLifecycle):
                kernel.publish(event)

    def leave(self, kernel: LocalKernel) -> None:
        self._sessions.discard(kernel)

    def handle(self, kernel: LocalKernel, commands: Sequence[ModelCommand]) -> bool:
        """See `OtherModels`."""
        if commands[0].model_id not in self._kernel.models:
            return False
        for command in commands:
            serial = next(self._serials)
            self._asked[serial] = kernel, command
            self._kernel.channel.send(msgspec.structs.replace(command, command_id=serial))
        return True

    def refresh(self, model_ids: Sequence[str]) -> None:
        self._kernel.models.refresh(model_ids)

    async def _read(self) -> None:
        with contextlib.suppress(ChannelClosed):
            while True:
                self._receive(await self._kernel.channel.receive())
                await asyncio.sleep(0)

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

    def _publish(self, event: ModelLifecycle, writer: LocalKernel | None = None) -> None:
        applied = self._replay.apply(event)
        if isinstance(applied, ModelLifecycle):
            for kernel in self._sessions - {writer}:
                kernel.publish(applied)
