"""What an app's code holds of one visitor: the widgets by name, and work that ends with the session."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractContextManager
from typing import Any, Self

from anyhost.kernel.current import USER_ERRORS
from anyhost.kernel.local import LocalKernel

from .shared import SharedWidgets
from .widgets import NamedWidgets, open_model

GRACE = 2.0
"""How long work that is cancelled with its session may take to end, in seconds."""


class SessionEnded(RuntimeError):
    """The session is over: its widgets are closed."""


class Session:
    """One visitor's session: `session["scatter"]` is their widget, made when it is first asked for.

    `user` is what `authorize` returned. Widgets may be asked for and changed from any thread, one thread at a time.
    """

    def __init__(
        self, user: Any, named: NamedWidgets, shared: SharedWidgets, on_end: Callable[[Session], None]
    ) -> None:
        self.user = user
        self.kernel = LocalKernel(shared)
        """Not for apps: what holds the widgets."""
        self._named = named
        self._shared = shared
        self._on_end = on_end
        self._loop = asyncio.get_running_loop()
        self._made: dict[str, Any] = {}
        self._making = threading.RLock()
        self._tasks: set[asyncio.Task[None]] = set()
        self.ended = False
        """Whether it is over, or about to be."""

    def __getitem__(self, name: str) -> Any:
        """The visitor's widget of this name, or the one that everyone shares.

        Raises `KeyError` for an unknown name, `FactoryError` when it could not be made, and `SessionEnded`.
        """
        named = self._named.find(name)
        if self.ended:
            raise SessionEnded(f"the session has ended, and its widget {name!r} is closed")
        if named.shared:
            return self._shared.get(named)
        with self._making:
            if name not in self._made:
                self._made[name] = named.make(self.kernel, self)
            return self._made[name]

    def __iter__(self) -> Iterator[str]:
        """The names of all widgets, made or not."""
        return iter(self._named)

    def __contains__(self, name: object) -> bool:
        return name in list(self._named)

    def active(self) -> AbstractContextManager[None]:
        """Inside this block the widgets that are made belong to the session, as they do in its factories, in
        handlers that depend on `host.session`, and in what it has started."""
        return self.kernel.active()

    def start_soon(self, coroutine: Coroutine[Any, Any, object]) -> None:
        """Run this beside everything else, from now until it returns or the session ends, which cancels it.

        What it raises goes to the log. From any thread.
        """
        if self.ended:
            coroutine.close()
            raise SessionEnded("the session has ended: nothing more is started in it")
        self._loop.call_soon_threadsafe(self._start, coroutine)

    def model_id(self, name: str) -> str:
        """The id of a widget's model, for a view of it. A widget that was closed opens again. Raises as `[]` does."""
        widget = self[name]
        named = self._named.find(name)
        if named.shared:
            self._shared.join(self.kernel)
            return self._shared.model_id(named)
        return str(open_model(widget, self.kernel))

    def _start(self, coroutine: Coroutine[Any, Any, object]) -> None:
        if self.ended:
            coroutine.close()
            return
        with self.active():
            task = asyncio.create_task(self._run(coroutine))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, coroutine: Coroutine[Any, Any, object]) -> None:
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
            self._shared.leave(self.kernel)
            await self.kernel.aclose()
            self._made.clear()
            self._on_end(self)
