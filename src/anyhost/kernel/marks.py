"""What the cells of a notebook that is being edited say of themselves: whether they are stale, and notes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from anyhost.protocol.messages import CellMessage, CellNotes, CellStale


class Marks:
    """The marks of all cells, published where they change. At first a cell has none."""

    def __init__(self, publish_at: Callable[[str, CellMessage], None]) -> None:
        self._publish_at = publish_at
        self._stale: set[str] = set()
        self._notes: dict[str, Sequence[str]] = {}

    @property
    def stale(self) -> Collection[str]:
        """The cells whose outputs no longer follow from the notebook."""
        return self._stale

    def keep(self, cells: Collection[str]) -> None:
        """There are only these cells any more."""
        self._stale.intersection_update(cells)

    def stand(self, cells: Iterable[str], *, stale: bool) -> None:
        """These cells are stale, or no longer so."""
        for cell_id in cells:
            if (cell_id in self._stale) != stale:
                self._publish_at(cell_id, CellStale(stale=stale))
                (self._stale.add if stale else self._stale.discard)(cell_id)

    def note(self, cells: Iterable[str], notes: Mapping[str, Sequence[str]]) -> None:
        """All notes there are: of the other cells none."""
        before, self._notes = self._notes, {}
        for cell_id in cells:
            noted = self._notes[cell_id] = list(notes.get(cell_id, ()))
            if noted != before.get(cell_id, []):
                self._publish_at(cell_id, CellNotes(notes=noted))
