"""Which cell is which, when a file is read again that another program has changed.

A percent file names no cells: their ids are made of what they say, and one that was edited here keeps the id
that it had. So the cells of the file as it is now are matched with those that it had, and take over their ids;
whatever belongs to a cell (its outputs, its place in the page) then stays with it.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from .notebook import Cell

_ALIKE = 0.6
"""How much of the text two cells must share, where several could be the one that was changed."""
_COMPARED = 4_000  # characters


def matched(cells: Sequence[Cell], before: Sequence[Cell], avoid: Collection[str] = ()) -> tuple[Cell, ...]:
    """The cells with the ids of those that they were before; a new one gets an id that is neither there nor in `avoid`.

    A cell is first the one that says the same, then the one of the same id, then the one that was in its place.
    """
    found = _Pairs(cells, before).found
    taken = {*avoid, *(cell.cell_id for cell in before)}
    named = []
    for index, cell in enumerate(cells):
        cell_id = before[found[index]].cell_id if index in found else _free(cell.cell_id, taken)
        taken.add(cell_id)
        named.append(replace(cell, cell_id=cell_id))
    return tuple(named)


class _Pairs:
    """Index of a cell -> index of what it was before."""

    def __init__(self, cells: Sequence[Cell], before: Sequence[Cell]) -> None:
        self._cells = cells
        self._before = before
        self.found: dict[int, int] = {}
        self._left = dict.fromkeys(range(len(before)))  # in order; those that no cell is yet
        self._pair_by(lambda cell: (cell.cell_id, cell.kind, cell.source))
        self._pair_by(lambda cell: (cell.kind, cell.source))
        self._pair_by(lambda cell: (cell.cell_id, cell.kind))
        self._pair_by_place()

    def _pair(self, index: int, earlier: int) -> None:
        self.found[index] = earlier
        del self._left[earlier]

    def _pair_by(self, key: Callable[[Cell], object]) -> None:
        earlier: defaultdict[object, deque[int]] = defaultdict(deque)
        for index in self._left:
            earlier[key(self._before[index])].append(index)
        for index, cell in enumerate(self._cells):
            if index not in self.found and earlier[key(cell)]:
                self._pair(index, earlier[key(cell)].popleft())

    def _pair_by_place(self) -> None:
        """What stands between the same two cells as one that has gone is that one, changed."""
        gaps: defaultdict[int, list[int]] = defaultdict(list)
        place = -1
        for index in range(len(self._cells)):
            place = self.found.get(index, place)
            if index not in self.found:
                gaps[place].append(index)
        for place, news in gaps.items():
            olds = []
            for earlier in range(place + 1, len(self._before)):
                if earlier not in self._left:
                    break
                olds.append(earlier)
            self._pair_in_gap(news, olds)

    def _pair_in_gap(self, news: list[int], olds: list[int]) -> None:
        only = len(news) == len(olds) == 1
        for index in news:
            alike = [(self._likeness(index, earlier), -earlier) for earlier in olds if earlier in self._left]
            likeness, earlier = max(alike, default=(0.0, 0))
            if likeness >= _ALIKE or (only and self._cells[index].kind == self._before[-earlier].kind):
                self._pair(index, -earlier)

    def _likeness(self, index: int, earlier: int) -> float:
        cell, was = self._cells[index], self._before[earlier]
        if cell.kind != was.kind:
            return 0.0
        return SequenceMatcher(None, was.source[:_COMPARED], cell.source[:_COMPARED], autojunk=False).quick_ratio()


def _free(wanted: str, taken: Collection[str]) -> str:
    cell_id, again = wanted, 1
    while cell_id in taken:
        again += 1
        cell_id = f"{wanted}-{again}"
    return cell_id
