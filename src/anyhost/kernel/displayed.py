"""What cells show, kept alive for as long as they show it.

Descriptor widgets are held weakly by their own libraries: without a reference from us, the comm of
`display(Counter())` would close at once (P15). And a widget that was made only to show something (a
plotly figure) is closed when it is shown no more.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Held(NamedTuple):
    """A widget that is shown, and what is to be done when it no longer is."""

    model_id: str
    widget: Any
    close: Callable[[], None] | None = None


@dataclass
class _Shown:
    """The widgets in one cell's outputs."""

    displays: dict[str, list[Held]] = field(default_factory=dict)
    """By display id: those of outputs that show no widget are here, too, since an update may show one in them."""
    others: list[Held] = field(default_factory=list)
    replaced_by_next: list[Held] = field(default_factory=list)

    def __iter__(self) -> Iterator[Held]:
        return itertools.chain(*self.displays.values(), self.others, self.replaced_by_next)

    def take(self) -> list[Held]:
        held = [*itertools.chain(*self.displays.values()), *self.others]
        self.displays, self.others = {}, []
        return held


class Displayed:
    """The widgets in the outputs of each cell."""

    def __init__(self) -> None:
        self._cells: dict[str, _Shown] = {}
        self._formatted: Held | None = None

    def formatted(self, held: Held) -> None:
        """This widget was turned into a representation, which is about to be published."""
        self._formatted = held

    def published(self, place: str, model_id: str | None, display_id: str | None, *, update: bool = False) -> None:
        """An output went out at this cell. An update replaces those with its display id, in whichever cell."""
        formatted, self._formatted = self._formatted, None
        held = [formatted] if formatted is not None and formatted.model_id == model_id else []
        if update and display_id is not None:
            self._update(display_id, held)
            return
        shown = self._cells.setdefault(place, _Shown())
        replaced, shown.replaced_by_next = shown.replaced_by_next, []
        if display_id is None:
            shown.others += held
        else:
            shown.displays.setdefault(display_id, []).extend(held)
        release(replaced)

    def _update(self, display_id: str, held: list[Held]) -> None:
        for shown in self._cells.values():
            if display_id in shown.displays:
                replaced, shown.displays[display_id] = shown.displays[display_id], list(held)
                release(each for each in replaced if each not in held)

    def cleared(self, cell_id: str, *, wait: bool) -> None:
        """The cell's outputs went; with `wait`, they go when the next one comes."""
        shown = self._cells.get(cell_id)
        if shown is None:
            return
        held = shown.take()
        if wait:
            shown.replaced_by_next += held
        else:
            release(held)

    def take(self, cell_id: str) -> list[Held]:
        """What the cell shows, as it runs again: to be released once the new outputs have replaced it."""
        shown = self._cells.pop(cell_id, None)
        return [] if shown is None else [*shown.take(), *shown.replaced_by_next]

    def places(self) -> dict[str, list[Any]]:
        """The widgets that are shown now, by place: in a cell, or captured by an `Output`."""
        return {place: [held.widget for held in shown] for place, shown in self._cells.items()}

    def forget(self) -> None:
        """Let go of everything, with the session's end, which closes every model anyway."""
        self._cells.clear()
        self._formatted = None


def release(held: Iterable[Held]) -> None:
    for each in held:
        if each.close is not None:
            each.close()
