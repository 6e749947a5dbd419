"""What runs, and in which order. Functions of the graph, without state of their own.

The order is that of `Graph.order`: dependencies first, else as in the file. Cells in a cycle are in the plan,
since they have to say so: see `notes.cycle_errors`.
"""

from __future__ import annotations

from collections.abc import Iterable

from .graph import CellId, Graph


def runs(graph: Graph, cells: Iterable[CellId], *, changed: Iterable[CellId] = ()) -> tuple[CellId, ...]:
    """These cells, and all that depend on them. Cells that are gone are left out.

    Those of `changed` run since a value that they read has changed, and not for another source of their own: whoever
    only takes imports from them does not follow. Else a slider in the first cell would run the whole notebook.
    """
    wanted = graph.descendants(cells) | graph.affected(changed)
    return tuple(cell for cell in graph.order if cell in wanted)


def stale_after(before: Graph, after: Graph) -> set[CellId]:
    """The cells of `after` whose outputs an edit, a move or a deletion has made untrue.

    Those that are new or have another source, those whose names come from another cell than before, and all that
    depend on them (whoever comes into a cycle, or out of one, is among them). Add them to those that were stale. A new
    cell in which nothing is written yet has nothing to run.
    """
    return after.descendants(
        cell
        for cell, source in after.sources.items()
        if (cell in before.sources or source)
        and (
            before.sources.get(cell) != source
            or before.inputs[cell] != after.inputs[cell]
            or before.left_out(cell) != after.left_out(cell)
        )
    )
