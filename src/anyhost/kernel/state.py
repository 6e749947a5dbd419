"""`anyhost.state`: a value outside of widgets, whose readers run again when it is set.

The state knows nothing of cells. It tells whoever has read it (`changes.py`) that it was read and set, on
whose behalf is known from the context, and so it works in observers, tasks and threads; in plain Python
nobody listens.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import WeakSet

from .current import StateReaders, running

T = TypeVar("T")


class Getter(Generic[T]):
    """Gives the present value. A cell whose run calls it runs again when another value is set."""

    def __init__(self, value: StateValue[T]) -> None:
        self._value = value

    def __call__(self) -> T:
        return self._value.read()

    def __repr__(self) -> str:
        return f"<anyhost.state: {self._value.now!r}>"


class Setter(Generic[T]):
    """Sets the value: to this one, or to what a function makes of the present one.

    A value that equals the present one changes nothing, and nothing runs; so does the same object, even where
    it was changed in place: give it a new list instead of appending to the old one. A value that can be called
    itself is set by a function that returns it.
    """

    def __init__(self, value: StateValue[T]) -> None:
        self._value = value

    def __call__(self, value: T | Callable[[T], T]) -> None:
        self._value.set(value)

    def __repr__(self) -> str:
        return f"<setter of anyhost.state: {self._value.now!r}>"


def state(initial: T) -> tuple[Getter[T], Setter[T]]:
    """A value that cells share, as a getter and a setter:

        count, set_count = anyhost.state(0)

    Cells whose run calls `count()` run again after `set_count(1)` or `set_count(lambda n: n + 1)`, wherever that
    is called: in a cell, in an observer, in a task or in a thread. A cell that sets what it has read runs
    again itself; where that has not ended after 10 rounds, the setter raises `StateLoopError`.

    In plain Python the two only keep the value.
    """
    value = StateValue(initial)
    return Getter(value), Setter(value)


class StateValue(Generic[T]):
    """What a getter and its setter share."""

    def __init__(self, initial: T) -> None:
        self.now = initial
        # Re-entrant: the function that makes the new value may set this state, too.
        self._lock = threading.RLock()
        self._readers: WeakSet[StateReaders] = WeakSet()

    def read(self) -> T:
        context = running.get()
        if context is not None:
            readers = context.kernel.models.changes
            readers.state_read(self)
            with self._lock:
                self._readers.add(readers)
        return self.now

    def set(self, value: T | Callable[[T], T]) -> None:
        with self._lock:
            before = self.now
            after = value(before) if callable(value) else value
            self.now = after
            readers = [] if _equal(before, after) else list(self._readers)
        for each in readers:
            each.state_set(self)


def _equal(left: object, right: object) -> bool:
    if left is right:
        return True
    try:
        return type(left) is type(right) and bool(left == right)
    except Exception:  # noqa: BLE001 - arrays, tables, and whatever an author's `__eq__` does
        return False
