"""A visitor's process from inside: their session, with the widgets, and the app's code that works on it.

It imports the modules that the factories are in, as the app does, and nothing of the app runs here by itself.
Whatever the app asks for is a call of a function with the session as its first argument, the functions below included.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import sys
from collections.abc import Awaitable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from anyhost.channels import Channel
from anyhost.kernel.bypass import Bypass
from anyhost.kernel.current import USER_ERRORS
from anyhost.kernel.interruption import Interruption
from anyhost.kernel.local import LocalKernel
from anyhost.protocol.messages import CallFunction, KernelCommand, KernelMessage

from .calls import arguments_of, raised, returned
from .functions import function_named
from .session import LocalSession
from .widgets import FactoryError, Named, NamedWidgets

Factories: TypeAlias = Mapping[str, tuple[str, bool]]
"""By the name of the widget: that of the function that makes it, and whether it is shared."""

MAIN: Final = f"{__name__}:main"


async def main(channel: Channel[KernelMessage, KernelCommand], _interruption: Interruption, _bypass: Bypass) -> None:
    """What a visitor's process does, until it is told to shut down or the channel ends."""
    async with Resident(channel) as session:
        await session.kernel.start()
        await session.kernel.wait()


class Resident(LocalSession):
    """The session in the process that is its own."""

    def __init__(self, channel: Channel[KernelMessage, KernelCommand]) -> None:
        self._factories = ImportedWidgets()
        super().__init__(None, self._factories, LocalKernel(own=channel, on_call=self._answer))

    def greet(self, user: Any, *, holds_shared: bool) -> None:
        """Be the session of this user, or the one that holds what all share."""
        self.user = user
        self._holds_shared = holds_shared

    def know(self, factories: Factories) -> None:
        self._factories.know(factories)

    def _answer(self, call: CallFunction) -> None:
        """Call it now, before whatever the page sends next; an `async` function goes on beside that."""
        with self.active():
            try:
                args, kwargs = arguments_of(call)
                result = function_named(call.function)(self, *args, **kwargs)
            except USER_ERRORS as error:
                self.kernel.publish(raised(call, error))
                return
        if inspect.isawaitable(result):
            self.start_soon(self._answer_later(call, result))
        else:
            self._return(call, result)

    async def _answer_later(self, call: CallFunction, result: Awaitable[Any]) -> None:
        try:
            value = await result
        except USER_ERRORS as error:
            self.kernel.publish(raised(call, error))
        else:
            self._return(call, value)

    def _return(self, call: CallFunction, value: Any) -> None:
        try:
            message = returned(call, value)
        except TypeError as error:
            message = raised(call, error)
        self.kernel.publish(message)


class ImportedWidgets(NamedWidgets):
    """Named widgets whose factories are imported when one is first asked for."""

    def __init__(self) -> None:
        super().__init__()
        self._factories: dict[str, tuple[str, bool]] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._factories)

    def know(self, factories: Factories) -> None:
        self._factories.update(factories)

    def find(self, name: str) -> Named:
        if name in self._factories and name not in self._named:
            function, shared = self._factories[name]
            try:
                self.add(function_named(function), name=name, shared=shared)
            except USER_ERRORS as error:
                raise FactoryError(
                    f"the factory of {name!r}, {function}, could not be imported in a visitor's process: "
                    f"{type(error).__name__}: {error}"
                ) from error
        return super().find(name)


# ---- what the app's side asks for ----------------------------------------------------------------


def prepare(_session: Resident, path: list[str], modules: Iterable[str]) -> None:
    """Before there is a visitor: find modules where the app finds them, and import those that factories are in."""
    sys.path[:] = path
    for module in modules:
        with contextlib.suppress(*USER_ERRORS):  # said when a widget of it is asked for, which imports it again
            importlib.import_module(module)


def greet(session: Resident, user: Any, factories: Factories, *, holds_shared: bool) -> None:
    session.greet(user, holds_shared=holds_shared)
    session.know(factories)


async def find_model(session: Resident, name: str, factories: Factories) -> str:
    """The id of this widget's model; `factories` has its own, which may be newer than the session."""
    session.know(factories)
    return await session.model_id(name)
