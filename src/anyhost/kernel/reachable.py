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
from collections.abc import Iterable
from types import CodeType, FrameType, FunctionType, ModuleType, TracebackType
from typing import Any

from comm.base_comm import BaseComm
from IPython.core.interactiveshell import InteractiveShell

from .state import Getter, Setter, StateValue

LIMIT = 200_000
"""How many objects are looked at: about 50 ms."""

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

    def __contains__(self, value: object) -> bool:
        return id(value) in self._found

    def add(self, roots: Iterable[Any]) -> None:
        """Find what these lead to, themselves included."""
        waiting = list(roots)
        while waiting and len(self._found) < LIMIT:
            value = waiting.pop()
            if id(value) in self._found:
                continue
            self._found[id(value)] = value
            if gc.is_tracked(value):
                waiting += _next(value)


def _next(value: Any) -> Iterable[Any]:
    kind = type(value)  # and not what an object says of its class
    if issubclass(kind, _AROUND) or (str(kind.__module__).startswith(_OURS) and kind not in _STATES):
        return ()
    if kind is FunctionType:
        # Not its globals: of an imported function those are its whole library.
        return filter(None, (value.__closure__, value.__defaults__, value.__kwdefaults__, vars(value)))
    if issubclass(kind, type):
        return gc.get_referents(value) if value.__module__ == "__main__" else ()
    return (each for each in gc.get_referents(value) if gc.is_tracked(each))
