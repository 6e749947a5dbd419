"""A visitor's process from outside: a session whose widgets are not in this one, and the kernel that holds them."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, NoReturn

from anyhost.channels import Channel, ChannelClosed
from anyhost.kernel.handle import KernelHandle, KernelStarter
from anyhost.kernel.local import OtherModels
from anyhost.protocol.messages import (
    CallFunction,
    FunctionReturned,
    KernelCommand,
    KernelMessage,
    ModelCommand,
    RefreshModels,
)

from .calls import call_of, result_of
from .child import Factories, find_model, greet
from .functions import found_name_of, name_of
from .session import Session, SharedWidgets
from .widgets import Named, NamedWidgets, WidgetElsewhere

_log = logging.getLogger("anyhost")

LAST_WORDS = 0.5
"""How long the last messages of a process are waited for once it has ended, in seconds."""


class KernelGone(RuntimeError):
    """The process of these widgets has ended, or could not be started. The text says why."""


class UserCannotBeSent(TypeError):
    """What `authorize` returned is not for another process."""


class RemoteKernel:
    """A `KernelHandle` on a process, and a `KernelStarter` that starts just itself, once. It is its own channel.

    `greeting` is called first in the process. `others` has models that its session shows and another process holds:
    what those say comes by `publish`.
    """

    def __init__(self, starter: KernelStarter, greeting: CallFunction, others: OtherModels | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self._starter = starter
        self._greeting = greeting
        self._others = others
        self._inbox: asyncio.Queue[KernelMessage | None] = asyncio.Queue()
        self._serials = itertools.count(greeting.serial + 1)
        self._calls: dict[int, asyncio.Future[FunctionReturned]] = {}
        self._started = asyncio.Event()
        self._ended: asyncio.Future[str] = self._loop.create_future()
        self._process: KernelHandle | None = None
        self._living: asyncio.Task[None] | None = None

    @property
    def closed(self) -> bool:
        """Whether it has ended, by itself or because it was to."""
        return self._ended.done()

    def publish(self, message: KernelMessage) -> None:
        """Say this to the session, as if the process had."""
        if not self.closed:
            self._inbox.put_nowait(message)

    def show_error(self, error: BaseException) -> None:
        """Promise 9: the app's log has what its code raised."""
        _log.error("the app's code raised %s", type(error).__name__, exc_info=error)

    async def call(self, function: str, *args: Any, **kwargs: Any) -> Any:
        """Call a function there, and return what it returns. On the event loop.

        Raises what it raises, `TypeError` for what cannot be sent, and `KernelGone`.
        """
        call = call_of(next(self._serials), function, *args, **kwargs)
        await self._started.wait()
        if self._process is None or self.closed:
            raise self._gone()
        answer = self._calls[call.serial] = self._loop.create_future()
        try:
            with contextlib.suppress(ChannelClosed):  # its end follows, and says why
                self._process.channel.send(call)
            return result_of(await answer)
        finally:
            del self._calls[call.serial]

    # ---- as a starter

    async def start(self) -> RemoteKernel:
        try:
            self._process = await self._starter.start()
        except OSError as error:
            self._end(str(error))
            raise
        with contextlib.suppress(ChannelClosed):
            self._process.channel.send(self._greeting)
        self._living = asyncio.create_task(self._live(self._process), name="anyhost: a visitor's process")
        self._started.set()
        return self

    async def warmer(self) -> None:
        await asyncio.shield(self._ended)

    # ---- as a handle

    @property
    def channel(self) -> Channel[KernelCommand, KernelMessage]:
        return self

    async def wait(self) -> str:
        return await asyncio.shield(self._ended)

    def interrupt(self) -> None:
        """Nobody asks for it: there are no cells."""

    async def aclose(self) -> None:
        """End the process, and whoever waits for it. Idempotent."""
        if self._process is not None:
            await self._process.aclose()
        if self._living is not None:
            await asyncio.wait([self._living], timeout=2 * LAST_WORDS)
            self._living.cancel()  # of a process that not even SIGKILL has ended
        self._end("its session is over")

    # ---- as a channel

    def send(self, message: KernelCommand) -> None:
        """What concerns a model goes to whoever holds it."""
        if self._process is None or self.closed:
            raise ChannelClosed("the visitor's process has ended")
        if self._others is not None:
            if isinstance(message, ModelCommand) and self._others.handle(self, [message]):
                return
            if isinstance(message, RefreshModels):
                self._others.refresh(message.model_ids)
        self._process.channel.send(message)

    async def receive(self) -> KernelMessage:
        message = await self._inbox.get()
        if message is None:
            self._inbox.put_nowait(None)
            raise ChannelClosed("the visitor's process has ended")
        return message

    # ---- its life

    async def _live(self, process: KernelHandle) -> None:
        async with asyncio.TaskGroup() as tasks:
            reading = tasks.create_task(self._read(process.channel))
            why = await process.wait()
            await asyncio.wait([reading], timeout=LAST_WORDS)
            reading.cancel()
        self._end(why)

    async def _read(self, channel: Channel[KernelCommand, KernelMessage]) -> None:
        with contextlib.suppress(ChannelClosed):
            while True:
                message = await channel.receive()
                if isinstance(message, FunctionReturned):
                    self._answer(message)
                else:
                    self.publish(message)
                await asyncio.sleep(0)  # whoever reads the inbox keeps up

    def _answer(self, message: FunctionReturned) -> None:
        """Nobody waits for the first words' answer, but what they raised is to be seen."""
        waiting = self._calls.get(message.serial)
        if waiting is not None and not waiting.done():
            waiting.set_result(message)
        elif message.raised:
            try:
                result_of(message)
            except Exception as error:  # noqa: BLE001 - the app's own, as it was raised there
                self.show_error(error)

    def _end(self, why: str) -> None:
        if self.closed:
            return
        self._inbox.put_nowait(None)
        self._ended.set_result(why)
        self._started.set()
        for waiting in self._calls.values():
            if not waiting.done():
                waiting.set_exception(self._gone())

    def _gone(self) -> KernelGone:
        why = self._ended.result()
        return KernelGone(why if self._process is None else f"the process of these widgets has ended: {why}")


class ProcessSession(Session):
    """A session whose widgets are in a process of its own.

    `holds_shared`: it is the one that holds what all sessions share. Raises `UserCannotBeSent`.
    """

    kernel: RemoteKernel

    def __init__(
        self,
        user: Any,
        named: NamedWidgets,
        starter: KernelStarter,
        *,
        others: OtherModels | None = None,
        shared: SharedWidgets | None = None,
        holds_shared: bool = False,
        on_end: Callable[[Session], None] | None = None,
    ) -> None:
        factories = factories_of(named)
        try:
            greeting = call_of(0, name_of(greet), user, factories, holds_shared=holds_shared)
        except TypeError as error:
            raise UserCannotBeSent(
                f"authorize() returned {type(user).__name__}, which cannot be sent to the visitor's process: let it "
                f"return a name or an id ({error})"
            ) from error
        super().__init__(user, named, RemoteKernel(starter, greeting, others), on_end)
        self._shared = shared

    def __getitem__(self, name: str) -> NoReturn:
        where = "one process for all" if self._named.find(name).shared else "the visitor's own process"
        run = "host" if self._named.find(name).shared else "session"
        raise WidgetElsewhere(
            f"the widget {name!r} lives in {where} (kernel='process'). Write a function at the top level of a module, "
            f"`def change(session): session[{name!r}]...`, and `await {run}.run(change)`"
        )

    def active(self) -> AbstractContextManager[None]:
        raise WidgetElsewhere(
            "widgets of this session are made in the visitor's own process (kernel='process'): in a factory, or in a "
            "function that `await session.run(function)` calls there"
        )

    async def run(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return await self.kernel.call(found_name_of(function), *args, **kwargs)

    async def model_id(self, name: str) -> str:
        named = self._named.find(name)
        if named.shared and self._shared is not None:
            self._shared.join(self.kernel)
            return await self._shared.model_id(name)
        found: str = await self.kernel.call(name_of(find_model), name, {name: _factory_of(named)})
        return found

    async def _leave(self) -> None:
        if self._shared is not None:
            self._shared.leave(self.kernel)
        await super()._leave()


def factories_of(named: NamedWidgets) -> Factories:
    """For another process. Raises `TypeError` for a factory that it could not import."""
    return {name: _factory_of(named.find(name)) for name in named}


def _factory_of(named: Named) -> tuple[str, bool]:
    return found_name_of(named.factory), named.shared
