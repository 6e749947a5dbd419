"""What a notebook can still get at: the objects that are reachable from its globals, and from what it shows.

Python's garbage collector knows what every object refers to: so lists, dicts, closures, attributes, bound
methods, partials, and tasks' local variables are all followed. The walk goes around what belongs to everybody (modules,
library classes, the event loop, our own objects), from which everything can be reached. It is bounded: beyond
`LIMIT` objects the rest counts as not reachable. A widget that is closed for that, and displayed later, opens again.
"""

from __future__ import annotations

import asyncio
import contextvars
import gc
from collections.abc import Callable, Iterable
from types import CodeType, FrameType, FunctionType, ModuleType, TracebackType
from typing import Any, TypeAlias

from comm.base_comm import BaseComm
from IPython.core.interactiveshell import InteractiveShell

from .state import Getter, Setter, StateValue

Way: TypeAlias = Callable[[Any], Iterable[Any]]

LIMIT = 100_000
"""How many objects are looked at, which takes 0.1 s at most."""

_AROUND = (
    ModuleType,
    CodeType,
    FrameType,
    TracebackType,
    asyncio.AbstractEventLoop,
    contextvars.Context,
    BaseComm,
    InteractiveShell,
)

_OURS = "anyhost.kernel."

_STATES = (Getter, Setter, StateValue)
"""Ours, but what they hold is the user's."""


class Reachable:
    """The objects found so far. It keeps them alive, so that an id names one object."""

    def __init__(self) -> None:
        self._found: dict[int, Any] = {}
        self._ways: dict[type, Way] = {}

    def __contains__(self, value: object) -> bool:
        return id(value) in self._found

    def add(self, roots: Iterable[Any]) -> None:
        """Find what these lead to, themselves included."""
        found, ways = self._found, self._ways
        waiting = list(roots)
        while waiting and len(found) < LIMIT:
            value = waiting.pop()
            if id(value) in found:
                continue
            found[id(value)] = value
            kind = type(value)  # and not what an object says of its class
            way = ways.get(kind)
            if way is None:
                way = ways[kind] = _way_of(kind)
            waiting += filter(gc.is_tracked, way(value))


def _way_of(kind: type) -> Way:
    """What objects of this type lead to."""
    if issubclass(kind, _AROUND) or (str(kind.__module__).startswith(_OURS) and kind not in _STATES):
        return _nowhere
    if kind is FunctionType:
        return _of_function
    return _of_class if issubclass(kind, type) else gc.get_referents


def _nowhere(_value: Any) -> Iterable[Any]:
    return ()


def _of_function(function: Any) -> Iterable[Any]:
    # Not its globals: of an imported function those are its whole library.
    return filter(None, (function.__closure__, function.__defaults__, function.__kwdefaults__, function.__dict__))


def _of_class(kind: Any) -> Iterable[Any]:
    return gc.get_referents(kind) if kind.__module__ == "__main__" else ()
