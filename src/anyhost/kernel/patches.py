"""The only place that touches process globals, with an undo.

Widgets find their comm through `comm.create_comm`, looked up at each call (P1); threads start with an
empty context, so that what they print or make would belong to nobody. Both are process-wide, so both
are installed once, counted, and dispatch on the ambient value: code that runs for no session of ours
gets what was there before (P5).
"""

from __future__ import annotations

import contextlib
import contextvars
import copy
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import anywidget
import comm
import traitlets.log
from anywidget import _descriptor
from comm.base_comm import BaseComm, CommManager
from ipywidgets.widgets import widget

from anyhost.protocol.policy import ISOLATION_KEY

from .binary import equal_bytes
from .capture import patch_output
from .current import CommFactory, running
from .interactions import patch_interactive
from .listeners import patch_listeners
from .records import GetState, is_record_type, state_getter


@dataclass
class Patches:
    """What this process's globals were before us, and how many sessions need them changed."""

    count: int = 0
    undo: list[Callable[[], None]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    create_comm: Callable[..., BaseComm] = comm.create_comm
    get_comm_manager: Callable[[], CommManager] = comm.get_comm_manager

    def enter(self) -> None:
        with self.lock:
            self.count += 1
            if self.count == 1:
                self.create_comm, self.get_comm_manager = comm.create_comm, comm.get_comm_manager
                reassert_comm()
                self.undo = [
                    self._restore_comm,
                    _patch_thread(),
                    _patch_executor(),
                    _hear_widgets(),
                    _patch_state_getters(),
                    _tell_isolation(),
                    _copy_marks_as_themselves(),
                    _compare_binary_at_once(),
                    patch_output(),
                    patch_listeners(),
                    patch_interactive(),
                ]
            else:
                reassert_comm()  # a warm parent has imported things since the first

    def leave(self) -> None:
        with self.lock:
            self.count -= 1
            while self.count == 0 and self.undo:
                self.undo.pop()()

    def _restore_comm(self) -> None:
        comm.create_comm, comm.get_comm_manager = self.create_comm, self.get_comm_manager


_patches = Patches()


@contextlib.contextmanager
def patched() -> Iterator[None]:
    """The process gives widgets of our sessions our comms, and threads their starter's context, inside this block."""
    _patches.enter()
    try:
        yield
    finally:
        _patches.leave()


def reassert_comm() -> bool:
    """Put our comm factory back where an import took it away; say whether that was needed.

    Importing `ipykernel` overwrites both hooks, and its comms lead nowhere outside its kernel (P5).
    """
    if comm.create_comm is _create_comm:
        return False
    comm.create_comm = _create_comm
    comm.get_comm_manager = _get_comm_manager
    return True


def _session() -> CommFactory | None:
    context = running.get()
    return context.kernel.models if context is not None else None


def _create_comm(*arguments: Any, **keywords: Any) -> BaseComm:
    models = _session()
    create: Callable[..., BaseComm] = models.create_comm if models is not None else _patches.create_comm
    return create(*arguments, **keywords)


def _get_comm_manager() -> CommManager:
    models = _session()
    return models.manager if models is not None else _patches.get_comm_manager()


class _RaisedInCallbacks(logging.Handler):
    """Where there is no shell, ipywidgets logs what an observer or a handler raised, and goes on (L4)."""

    def emit(self, record: logging.LogRecord) -> None:
        context = running.get()
        error = record.exc_info[1] if record.exc_info else None
        if context is not None and error is not None:
            context.catch(error)


def _hear_widgets() -> Callable[[], None]:
    logger = traitlets.log.get_logger()
    handler = _RaisedInCallbacks(logging.WARNING)
    logger.addHandler(handler)
    return lambda: logger.removeHandler(handler)


def _patch_state_getters() -> Callable[[], None]:
    """anywidget flattens the widgets within a dataclass, and fails on those in models and Structs (section 2.2)."""
    upstream = _descriptor.determine_state_getter

    def determine(value: Any) -> GetState:
        getter: GetState = upstream(value)
        own = hasattr(type(value), "_get_anywidget_state") or not is_record_type(type(value))
        return getter if own or running.get() is None else state_getter(getter)

    _descriptor.determine_state_getter = determine

    def undo() -> None:
        _descriptor.determine_state_getter = upstream

    return undo


def _compare_binary_at_once() -> Callable[[], None]:
    """ipywidgets compares what a page has written with what the widget then holds, byte by byte in Python."""
    upstream = widget._buffer_list_equal

    def buffer_list_equal(left: list[Any], right: list[Any]) -> bool:
        return len(left) == len(right) and all(map(equal_bytes, left, right))

    widget._buffer_list_equal = buffer_list_equal

    def undo() -> None:
        widget._buffer_list_equal = upstream

    return undo


def _tell_isolation() -> Callable[[], None]:
    """`_anyhost_isolate = True` on a class is no trait: its models' state has to say it (A15)."""
    upstream = anywidget.AnyWidget.get_state

    def get_state(self: Any, key: Any = None, *arguments: Any, **keywords: Any) -> dict[str, Any]:
        state: dict[str, Any] = upstream(self, key, *arguments, **keywords)
        if key is None and running.get() is not None and getattr(self, ISOLATION_KEY, False) is True:
            state[ISOLATION_KEY] = True
        return state

    anywidget.AnyWidget.get_state = get_state

    def undo() -> None:
        del anywidget.AnyWidget.get_state  # it was inherited

    return undo


def _copy_marks_as_themselves() -> Callable[[], None]:
    """A bare `object()` is a mark, known by its identity. plotly marks what a page left undefined with one, deep-copies
    the layout that holds it when it is displayed, and then neither knows the copy nor can send it.
    """
    copiers: dict[type, Any] = vars(copy).get("_deepcopy_dispatch", {})
    copiers[object] = lambda mark, _memo: mark

    def undo() -> None:
        del copiers[object]

    return undo


def _patch_thread() -> Callable[[], None]:
    start = threading.Thread.start

    def start_in_context(self: threading.Thread) -> None:
        # Only for our own: other threads of the process keep the empty context that they expect.
        if running.get() is not None:
            run = self.run
            context = contextvars.copy_context()
            self.run = lambda: context.run(run)  # type: ignore[method-assign]
        start(self)

    threading.Thread.start = start_in_context  # type: ignore[method-assign]

    def undo() -> None:
        threading.Thread.start = start  # type: ignore[method-assign]

    return undo


def _patch_executor() -> Callable[[], None]:
    submit = ThreadPoolExecutor.submit

    def submit_in_context(self: ThreadPoolExecutor, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        if running.get() is None:
            return submit(self, fn, *args, **kwargs)
        # A pool's threads outlive the cell that started them: each job brings the context of its submitter.
        return submit(self, contextvars.copy_context().run, fn, *args, **kwargs)

    ThreadPoolExecutor.submit = submit_in_context  # type: ignore[method-assign, assignment]

    def undo() -> None:
        ThreadPoolExecutor.submit = submit  # type: ignore[method-assign]

    return undo
