"""The global names that cells' runs have defined, and that go when a cell runs again.

A run begins without what the cell's last one has defined, as it would from the top: else what a cell shows might
follow from what is written nowhere any more. A name that another cell has defined, too, stays: it is theirs as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any


class Definitions:
    """What the last run of each cell has defined in this namespace."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace
        self._cells: dict[str, frozenset[str]] = {}
        self._counts: Counter[str] = Counter()

    def __iter__(self) -> Iterator[str]:
        """The cells that have run."""
        return iter(list(self._cells))

    def begin(self, cell_id: str, names: Iterable[str]) -> None:
        """The cell is about to run, and to define these."""
        self.end(cell_id)
        self._cells[cell_id] = frozenset(names)
        self._counts.update(self._cells[cell_id])

    def end(self, cell_id: str) -> None:
        """What the cell's run has defined is no more, unless another one's has defined it, too."""
        for name in self._cells.pop(cell_id, ()):
            self._counts[name] -= 1
            if not self._counts[name]:
                del self._counts[name]
                self._namespace.pop(name, None)
