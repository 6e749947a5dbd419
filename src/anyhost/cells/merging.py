"""What two sides made of one notebook, put together cell by cell.

Only where nobody could have meant anything else: no cell was changed on both sides, none was changed on one
and deleted on the other, and only one side has cells that came, went or moved. A cell is taken as a whole, its
marker and comments included, so the text of a file is never pieced together within a cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .notebook import Cell, Notebook

_BY_RUNS = {"source", "outputs", "execution_count"}


def merge(base: Notebook, ours: Notebook, theirs: Notebook) -> Notebook | None:
    """What `ours` and `theirs` made of `base`, all with the same ids for the same cells; None: they conflict.

    Numbers and lines are those of the sides: `editing.placed` makes them right.
    """
    if is_same(ours, base):
        return theirs
    if is_same(theirs, base):
        return ours
    was, our, their = _by_id(base), _by_id(ours), _by_id(theirs)
    ours_changed = {cell_id for cell_id in was.keys() & our.keys() if not same_cell(was[cell_id], our[cell_id])}
    theirs_changed = {cell_id for cell_id in was.keys() & their.keys() if not same_cell(was[cell_id], their[cell_id])}
    gone = (was.keys() - our.keys()) | (was.keys() - their.keys())
    if gone & (ours_changed | theirs_changed):
        return None
    if any(our[cell_id].source != their[cell_id].source for cell_id in ours_changed & theirs_changed):
        return None
    order = list(their if list(our) == list(was) else our)
    header = _merged_header(base, ours, theirs)
    if header is None or list(their) not in (list(was), order):
        return None
    merged = {**our, **their} | {cell_id: our[cell_id] for cell_id in ours_changed - theirs_changed}
    return replace(theirs, cells=tuple(merged[cell_id] for cell_id in order), header=header)


def is_same(one: Notebook, other: Notebook) -> bool:
    """Whether two notebooks have the same cells in the same order."""
    return (
        one.header == other.header
        and len(one.cells) == len(other.cells)
        and all(a.cell_id == b.cell_id and same_cell(a, b) for a, b in zip(one.cells, other.cells, strict=True))
    )


def same_cell(one: Cell, other: Cell) -> bool:
    """Whether two cells say the same, wherever they stand, and whatever they have put out."""
    if one.kind != other.kind:
        return False
    if one.raw or other.raw:
        # What stands in a script; or it would be the same, but for what its place demands (`Cell.own`).
        return bool({one.raw, one.own} & {other.raw, other.own} - {None})
    return (one.source, one.metadata, _kept(one)) == (other.source, other.metadata, _kept(other))


def _kept(cell: Cell) -> dict[str, Any]:
    """What an `.ipynb` holds of a cell that no run of it makes: attachments, say."""
    return {key: value for key, value in (cell.stored or {}).items() if key not in _BY_RUNS}


def _by_id(notebook: Notebook) -> Mapping[str, Cell]:
    return {cell.cell_id: cell for cell in notebook.cells}


def _merged_header(base: Notebook, ours: Notebook, theirs: Notebook) -> str | None:
    if ours.header in (base.header, theirs.header):
        return theirs.header
    return ours.header if theirs.header == base.header else None
