"""Tasks that know whose they are, so that what one raises is shown at the cell that started it.

When nobody has awaited a task that failed, asyncio tells the loop's exception handler, long after the
fact and (before Python 3.12) outside the task's context.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextvars import Context
from typing import Any, TypeAlias

from .current import Running, running

ShowError: TypeAlias = Callable[[Running | None, BaseException], None]


class CellTask(asyncio.Task[Any]):
    """A task, and on whose behalf it runs (None: the kernel's own)."""

    def __init__(self, coroutine: Any, *, context: Context | None = None, **options: Any) -> None:
        self.running = running.get() if context is None else context.get(running)
        super().__init__(coroutine, context=context, **options)


@contextlib.contextmanager
def cell_tasks(loop: asyncio.AbstractEventLoop, show_error: ShowError) -> Iterator[None]:
    """Inside this block the loop's tasks are `CellTask`s, and what nobody else catches goes to `show_error`."""

    def make_task(
        loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, Any] | Generator[Any, None, Any], **options: Any
    ) -> CellTask:
        return CellTask(coroutine, loop=loop, **options)

    def handle(loop: asyncio.AbstractEventLoop, details: dict[str, Any]) -> None:
        error = details.get("exception")
        task = details.get("task") or details.get("future")
        if error is None:
            loop.default_exception_handler(details)
        else:
            show_error(getattr(task, "running", None) or running.get(), error)

    before = loop.get_task_factory(), loop.get_exception_handler()
    loop.set_task_factory(make_task)
    loop.set_exception_handler(handle)
    try:
        yield
    finally:
        loop.set_task_factory(before[0])
        loop.set_exception_handler(before[1])
