"""How a piece of code uses the value of a name: along which path, and whether it reads what it finds there.

w.value          Use(("value",))
items[0].value   Use((Item(0), "value"))
f(w)             Use(())                     the whole of it
w  (shown)       Use((), shown=True)         nothing of it
Frame(child=w)   Use((), given_to="Frame")   the whole, unless Frame is a widget's class
w.layout (shown) Use(("layout",), shown=True)  the trait on the way, and nothing of what it holds
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Item:
    """A step into a list, a tuple or a dict. Without a key: to any of its items."""

    key: str | int | None = None

    def may_be(self, other: Step) -> bool:
        return isinstance(other, Item) and (self.key == other.key or self.key is None or other.key is None)


Step: TypeAlias = str | Item
"""An attribute by its name, or an item."""

Path: TypeAlias = tuple[Step, ...]

ANY = Item()

LONGEST = 8
"""Steps that are followed: what goes on (a list that holds itself) reads the whole of what is there."""


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a value: of what is at the end of the path, the whole is read, or (`shown`) nothing.

    The attributes on the way are read in any case.
    """

    path: Path = ()
    shown: bool = False
    given_to: str = ""
    """What it is an argument of, as in `Frame(child=w)` or `widgets.Frame(w)`: where that is a widget's class, `w` is
    only shown. What it is, nobody knows before the cell has run."""

    def after(self, path: Path) -> Use:
        """The same use, of what holds this value at `path`."""
        joined = path + self.path
        return replace(self, path=joined) if len(joined) <= LONGEST else Use(joined[:LONGEST])

    def beyond(self, path: Path) -> Use | None:
        """This use as one of what is held at `path` of the value; none where it does not concern it."""
        for index, step in enumerate(path):
            if index == len(self.path):
                return replace(self, path=())
            taken = self.path[index]
            if isinstance(step, Item) and isinstance(taken, str):
                return Use()  # a method of the list: who knows which items it takes
            if not (step.may_be(taken) if isinstance(step, Item) else step == taken):
                return None
        return replace(self, path=self.path[len(path) :])


Uses: TypeAlias = Mapping[str, frozenset[Use]]
"""By the name of a global."""


def merged(several: Iterable[Uses]) -> dict[str, frozenset[Use]]:
    total: dict[str, frozenset[Use]] = {}
    for uses in several:
        for name, found in uses.items():
            total[name] = total[name] | found if name in total else found
    return total
