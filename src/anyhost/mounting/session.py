"""What an app's code holds of one visitor: the widgets by name, and work that ends with the session."""

from __future__ import annotations

import asyncio
import inspect
import threading
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Concatenate, ParamSpec, Protocol, Self, TypeVar, overload

from anyhost.kernel.current import USER_ERRORS
from anyhost.kernel.handle import KernelHandle, KernelStarter
from anyhost.kernel.local import LocalKernel, Publisher

from .widgets import Named, NamedWidgets, WidgetElsewhere, open_model

P = ParamSpec("P")
T = TypeVar("T")

GRACE = 2.0
"""How long work that is cancelled with its session may take to end, in seconds."""


class SessionEnded(RuntimeError):
    """The session is over: its widgets are closed."""


class SessionKernel(KernelHandle, KernelStarter, Publisher, Protocol):
    """What holds a session's widgets, started by the session that the server has of it."""

    def show_error(self, error: BaseException) -> None: ...


class SharedWidgets(Protocol):
    """Those that are made once for all: `shared.SharedWidgets`."""

    def __getitem__(self, name: str) -> Any: ...

    async def model_id(self, name: str) -> str: ...

    def join(self, kernel: Publisher) -> None: ...

    def leave(self, kernel: Publisher) -> None: ...


class Session(ABC):
    """One visitor's session: `session["scatter"]` is their widget, made when it is first asked for.

    `user` is what `authorize` returned. `run` calls a function where the widgets are, which with `kernel="process"` is
    another process; the rest of what is said here of widgets is for code that runs there.
    """

    def __init__(
        self, user: Any, named: NamedWidgets, kernel: SessionKernel, on_end: Callable[[Session], None] | None
    ) -> None:
        self.user = user
        self.kernel = kernel
        """Not for apps: what holds the widgets."""
        self._named = named
        self._on_end = on_end
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self.ended = False
        """Whether it is over, or about to be."""

    @abstractmethod
    def __getitem__(self, name: str) -> Any:
        """The visitor's widget of this name, or the one that everyone shares. From any thread, one at a time.

        Raises `KeyError` for an unknown name, `FactoryError` when it could not be made, `SessionEnded`, and
        `WidgetElsewhere` in another process than the widget's.
        """

    def __iter__(self) -> Iterator[str]:
        """The names of all widgets, made or not."""
        return iter(self._named)

    def __contains__(self, name: object) -> bool:
        return name in list(self._named)

    @abstractmethod
    def active(self) -> AbstractContextManager[None]:
        """Inside this block the widgets that are made belong to the session, as they do in its factories, in
        handlers that depend on `host.session`, and in what it has started."""

    @overload
    async def run(
        self, function: Callable[Concatenate[Session, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T: ...

    @overload
    async def run(self, function: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T: ...

    @abstractmethod
    async def run(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call `function(session, *args, **kwargs)` where the widgets are, and return what it returns.

        With `kernel="process"` that is the visitor's process, which imports the function, a plain or an `async` one;
        arguments and result are pickled. Raises what the function raises, `TypeError` for what cannot be sent, and
        `KernelGone` when that process has ended.
        """

    def start_soon(self, coroutine: Coroutine[Any, Any, object]) -> None:
        """Run this beside everything else, from now until it returns or the session ends, which cancels it.

        What it raises goes to the log. From any thread. It runs here, wherever the widgets are.
        """
        if self.ended:
            coroutine.close()
            raise SessionEnded("the session has ended: nothing more is started in it")
        self._loop.call_soon_threadsafe(self._start, coroutine)

    def enter(self) -> None:  # noqa: B027 - widgets of another process are not made here
        """For the rest of the current context, such as that of a request, what is made belongs to the session."""

    @abstractmethod
    async def model_id(self, name: str) -> str:
        """The id of a widget's model, for a view of it. A widget that was closed opens again. Raises as `[]` and `run`
        do."""

    def _around_work(self) -> AbstractContextManager[None]:
        return nullcontext()

    def _start(self, coroutine: Coroutine[Any, Any, object]) -> None:
        if self.ended:
            coroutine.close()
            return
        with self._around_work():
            task = asyncio.create_task(self._finish(coroutine))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _finish(self, coroutine: Coroutine[Any, Any, object]) -> None:
        try:
            await coroutine
        except USER_ERRORS as error:
            self.kernel.show_error(error)

    # ---- alongside the session

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        """The session has ended: so does everything that was made in it."""
        self.ended = True
        try:
            tasks = list(self._tasks)
            for task in tasks:
                task.cancel()
            if tasks:
                await asyncio.wait(tasks, timeout=GRACE)
        finally:
            await self._leave()
            if self._on_end is not None:
                self._on_end(self)

    async def _leave(self) -> None:
        await self.kernel.aclose()


class LocalSession(Session):
    """A session whose widgets are in this process. Of `shared` and of its own it holds one kind, and knows the other.

    `holds_shared`: it is the one that holds what all sessions share.
    """

    kernel: LocalKernel

    def __init__(
        self,
        user: Any,
        named: NamedWidgets,
        kernel: LocalKernel,
        *,
        shared: SharedWidgets | None = None,
        holds_shared: bool = False,
        on_end: Callable[[Session], None] | None = None,
    ) -> None:
        super().__init__(user, named, kernel, on_end)
        self._shared = shared
        self._holds_shared = holds_shared
        self._made: dict[str, Any] = {}
        self._making = threading.RLock()

    def __getitem__(self, name: str) -> Any:
        named = self._named.find(name)
        if self.ended:
            raise SessionEnded(f"the session has ended, and its widget {name!r} is closed")
        if named.shared and self._shared is not None:
            return self._shared[name]
        self._check_holds(named)
        with self._making:
            if name not in self._made:
                self._made[name] = named.make(self.kernel, self)
            return self._made[name]

    def _check_holds(self, named: Named) -> None:
        if named.shared and not self._holds_shared:
            raise WidgetElsewhere(
                f"the widget {named.name!r} is shared, and lives in a process of its own: have the app call a function "
                "there, `await host.run(function)`, which finds it as session[...]"
            )
        if self._holds_shared and not named.shared:
            raise KeyError(f"{named.name!r} is made for each visitor: ask their session for it")

    def active(self) -> AbstractContextManager[None]:
        return self.kernel.active()

    async def run(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self.ended:
            raise SessionEnded("the session has ended: nothing more is run in it")
        with self.active():
            result = function(self, *args, **kwargs)
            return await result if inspect.isawaitable(result) else result

    def enter(self) -> None:
        self.kernel.enter()

    async def model_id(self, name: str) -> str:
        if self._shared is not None and self._named.find(name).shared:
            self._shared.join(self.kernel)
            return await self._shared.model_id(name)
        return str(open_model(self[name], self.kernel))

    def _around_work(self) -> AbstractContextManager[None]:
        return self.active()

    async def _leave(self) -> None:
        if self._shared is not None:
            self._shared.leave(self.kernel)
        await super()._leave()
        self._made.clear()
