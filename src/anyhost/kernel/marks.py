"""What the cells of a notebook that is being edited say of themselves: whether they are stale, and notes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from anyhost.protocol.messages import CellMessage, CellNotes, CellStale


class Marks:
    """Publishes marks where they are not what was published last; a cell is taken to have none at first."""

    def __init__(self, publish_at: Callable[[str, CellMessage], None]) -> None:
        self._publish_at = publish_at
        self.stale: frozenset[str] = frozenset()
        """The cells whose outputs no longer follow from the notebook."""
        self._said_stale: Collection[str] = frozenset()
        self._said_notes: dict[str, Sequence[str]] = {}

    def publish(self, cells: Collection[str], notes: Mapping[str, Sequence[str]]) -> None:
        """Say what is new, of these cells: all that there are."""
        self.stale = self.stale.intersection(cells)
        for cell_id in cells:
            stale, noted = cell_id in self.stale, list(notes.get(cell_id, ()))
            if stale != (cell_id in self._said_stale):
                self._publish_at(cell_id, CellStale(stale=stale))
            if noted != self._said_notes.get(cell_id, []):
                self._publish_at(cell_id, CellNotes(notes=noted))
        self._said_stale = self.stale
        self._said_notes = {cell_id: list(notes.get(cell_id, ())) for cell_id in cells}
