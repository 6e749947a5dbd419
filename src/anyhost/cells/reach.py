"""Which traits of which widgets a use reads, by the objects as they are: `items[0].value` reads `value` of the
widget that is at `items[0]` now.

Pure, but for looking at objects: what has traits, which, and what they hold, `Look` says. No code of the user's
runs by it: a property is not asked, and no attribute is computed.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from types import ModuleType, NoneType
from typing import Any, Protocol, TypeAlias

from .uses import Item, Step, Use

MOST = 10_000
"""Objects that are looked at for one use: in a list of a million numbers nobody looks for widgets to the end."""

_LEAVES = (NoneType, str, bytes, int, float, ModuleType, type)
"""What holds no widget, or (a module, a class) far too much: those are gone through by name only."""

Read: TypeAlias = tuple[Any, str | None]
"""A widget and one of its traits; without a trait: all that are synced and do not start with `_`."""


class Look(Protocol):
    """How objects are looked at."""

    def traits(self, value: Any) -> Mapping[str, Any] | None:
        """The traits of a widget with their values as they are, without making any; None: this is no widget."""


def reads(uses: Iterable[Use], value: Any, look: Look) -> list[Read]:
    """What these uses of a global read, given its value. A widget is there as often as it is met."""
    return [read for use in uses for read in _Reach(look).of(use, value)]


class _Reach:
    def __init__(self, look: Look) -> None:
        self._look = look
        self._seen: dict[int, Any] = {}

    def of(self, use: Use, value: Any) -> Iterator[Read]:
        values = [value]
        for step in use.path:
            further: list[Any] = []
            for each in values:
                yield from self._step(each, step, further)
            values = further
        if not use.shown:
            for each in values:
                yield from self.within(each)

    def _step(self, value: Any, step: Step, further: list[Any]) -> Iterator[Read]:
        """What the step itself reads; what it leads to goes into `further`."""
        traits = self._look.traits(value)
        if isinstance(step, Item):
            found = None if traits is not None else _items(value, step)
        elif traits is not None and step in traits:
            yield value, step
            found = [traits[step]]
        elif traits is None or step in _attributes(value):
            found = [_attributes(value)[step]] if step in _attributes(value) else None
        else:
            found = None
        if found is not None:
            further.extend(found)
        elif traits is not None:
            yield value, None
        else:
            # A method or a property of something that is no widget: it may read whatever it holds.
            yield from self.within(value)

    def within(self, value: Any) -> Iterator[Read]:
        """Every widget in a value, and every one that they hold."""
        waiting = [value]
        while waiting and len(self._seen) < MOST:
            each = waiting.pop()
            if issubclass(type(each), _LEAVES) or id(each) in self._seen:
                continue
            self._seen[id(each)] = each
            traits = self._look.traits(each)
            if traits is not None:
                yield each, None
                waiting.extend(traits.values())
            else:
                held = _items(each, Item())
                waiting.extend(_attributes(each).values() if held is None else held)


def _items(value: Any, item: Item) -> list[Any] | None:
    """The items that an index may mean; None where this is nothing that has items that are looked at."""
    key = item.key
    match value:
        # By `dict` itself: a subclass may do anything.
        case dict() if key is None:
            return _looked_at(dict.values(value))
        case dict():
            return [dict.__getitem__(value, key)] if dict.__contains__(value, key) else []
        case list() | tuple() if isinstance(key, int):
            return list(value[key : key + 1])
        case list() | tuple() | set() | frozenset():
            return _looked_at(value)
        case _:
            return None


def _looked_at(values: Iterable[Any]) -> list[Any]:
    """What may hold something: the garbage collector knows which objects hold none, numbers, text, dicts of these."""
    return list(filter(gc.is_tracked, islice(values, MOST)))


def _attributes(value: Any) -> Mapping[str, Any]:
    """What an object of a user's own class has, as it is."""
    try:
        attributes = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return {}
    return attributes if type(attributes) is dict else {}
