"""What runs, and in which order. Functions of the graph, without state of their own.

The order is that of `Graph.order`: dependencies first, else as in the file. Cells in a cycle are in the plan,
since they have to say so: see `notes.cycle_error`.
"""

from __future__ import annotations

from collections.abc import Iterable

from .graph import CellId, Graph


def runs(graph: Graph, cells: Iterable[CellId]) -> tuple[CellId, ...]:
    """These cells, and all that depend on them. Cells that are gone are left out."""
    return _ordered(graph, graph.descendants(cells))


def stale_after(before: Graph, after: Graph) -> set[CellId]:
    """The cells of `after` whose outputs an edit, a move or a deletion has made untrue.

    Those that are new, have another source or come out of a cycle, those whose names come from another cell
    than before, and all that depend on them. Add them to those that were stale.
    """
    return after.descendants(cell for cell in after.sources if _is_other(cell, before, after))


def _is_other(cell: CellId, before: Graph, after: Graph) -> bool:
    return (
        before.sources.get(cell) != after.sources[cell]
        or before.inputs[cell] != after.inputs[cell]
        or before.left_out(cell) != after.left_out(cell)
        or (cell in before.in_cycles) != (cell in after.in_cycles)
    )


def _ordered(graph: Graph, cells: set[CellId]) -> tuple[CellId, ...]:
    return tuple(cell for cell in graph.order if cell in cells)
