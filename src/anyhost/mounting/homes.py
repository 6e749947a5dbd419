"""Where widgets live: in the app's own process, or each visitor's in one of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any, Protocol, Self

from anyhost.kernel.handle import KernelHandle, KernelStarter
from anyhost.kernel.local import LocalKernel
from anyhost.kernel.starting import kernels_of_this_platform
from anyhost.session.spare import SpareKernel

from .calls import call_of
from .child import MAIN, prepare
from .functions import import_path, name_of
from .remote import ProcessSession, factories_of
from .session import LocalSession, Session
from .shared import SharedWidgets
from .widgets import NamedWidgets

OnEnd = Callable[[Session], None]


class Home(Protocol):
    """Makes sessions. An async context manager; the sessions have to end before it does."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *exc: object) -> None: ...

    @property
    def at_once(self) -> bool:
        """Whether what is shared is there from the start, for code that cannot wait."""

    def visitors(self, user: Any, shared: SharedWidgets, on_end: OnEnd) -> Session:
        """A session for a visitor. Raises `UserCannotBeSent`."""

    def everyones(self) -> Session:
        """A session that holds what all share."""


class InApp:
    """All widgets live in the app's own process, and on its event loop."""

    at_once = True

    def __init__(self, named: NamedWidgets) -> None:
        self._named = named

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        pass

    def visitors(self, user: Any, shared: SharedWidgets, on_end: OnEnd) -> Session:
        return LocalSession(user, self._named, LocalKernel(shared), shared=shared, on_end=on_end)

    def everyones(self) -> Session:
        return LocalSession(None, self._named, LocalKernel(), holds_shared=True)


class InProcesses:
    """Each visitor's widgets live in a process of its own, and what is shared in one more.

    One process always waits, with the modules imported that factories are in: a visitor need not wait for that.
    Entering raises `TypeError` for a factory that another process could not import.
    """

    at_once = False

    def __init__(self, named: NamedWidgets) -> None:
        self._named = named
        self._stack = AsyncExitStack()
        self._starter: KernelStarter

    async def __aenter__(self) -> Self:
        modules = {function.partition(":")[0] for function, _ in factories_of(self._named).values()}
        # What the app has imported itself its factories are likely to need, too.
        loaded = [name for name in sys.modules if "." not in name]
        async with AsyncExitStack() as stack:
            processes = kernels_of_this_platform(loaded, main=MAIN)
            await stack.enter_async_context(processes)
            prepared = _Prepared(processes, import_path(), sorted(modules))
            self._starter = await stack.enter_async_context(SpareKernel(prepared))
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._stack.aclose()

    def visitors(self, user: Any, shared: SharedWidgets, on_end: OnEnd) -> Session:
        return ProcessSession(user, self._named, self._starter, others=shared, shared=shared, on_end=on_end)

    def everyones(self) -> Session:
        return ProcessSession(None, self._named, self._starter, holds_shared=True)


class _Prepared:
    """A `KernelStarter` whose kernels import what they will need before anybody asks."""

    def __init__(self, starter: KernelStarter, path: list[str], modules: list[str]) -> None:
        self._starter = starter
        self._path = path
        self._modules = modules

    async def start(self) -> KernelHandle:
        kernel = await self._starter.start()
        kernel.channel.send(call_of(0, name_of(prepare), self._path, self._modules))
        return kernel

    async def warmer(self) -> None:
        await self._starter.warmer()
