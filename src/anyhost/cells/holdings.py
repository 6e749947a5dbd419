"""What variables hold of one another, and which code uses them: `x = [w]` makes `x` hold `w`, at `[0]`."""

from __future__ import annotations

from dataclasses import dataclass, field

from .uses import ANY, Item, Path, Use


@dataclass(eq=False, slots=True)
class Routine:
    """Code that runs when it is called: a function, the methods of a class, or the cell itself."""

    uses: list[tuple[Variable, Use]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Holding:
    """A variable holds, at a path, what another one has at a path of its own."""

    path: Path
    source: Variable
    source_path: Path


@dataclass(eq=False, slots=True)
class Variable:
    name: str
    is_global: bool
    holdings: list[Holding] = field(default_factory=list)
    routines: list[Routine] = field(default_factory=list)


def within(step: Item, held: list[Holding]) -> list[Holding]:
    """What something holds that has what holds this as an item."""
    return [Holding((step, *each.path), each.source, each.source_path) for each in held]


def item_of(held: list[Holding], item: Item) -> list[Holding]:
    """What one item of something holds that holds this."""
    found = []
    for each in held:
        if not each.path:
            found.append(Holding((), each.source, (*each.source_path, item)))
        elif isinstance(each.path[0], Item) and each.path[0].may_be(item):
            found.append(Holding(each.path[1:], each.source, each.source_path))
    return found


def items_of(held: list[Holding]) -> list[Holding]:
    return item_of(held, ANY)
