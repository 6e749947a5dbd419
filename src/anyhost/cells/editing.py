"""What an edit makes of a notebook."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from .notebook import Cell, Notebook


def with_source(notebook: Notebook, cell_id: str, source: str) -> Notebook:
    """The notebook with another source in one cell."""
    cells = [_written(replace(cell, source=source)) if cell.cell_id == cell_id else cell for cell in notebook.cells]
    return placed(notebook, cells)


def with_cell(notebook: Notebook, cell: Cell, before: str | None = None) -> Notebook:
    """The notebook with a new cell, before another one or at the end."""
    return restored(notebook, _written(cell), before)


def restored(notebook: Notebook, cell: Cell, before: str | None = None) -> Notebook:
    """The notebook with a cell that it had."""
    cells = list(notebook.cells)
    place = next((index for index, each in enumerate(cells) if each.cell_id == before), len(cells))
    cells.insert(place, cell)
    return placed(notebook, cells)


def without(notebook: Notebook, cell_id: str) -> Notebook:
    """The notebook without a cell."""
    return placed(notebook, [cell for cell in notebook.cells if cell.cell_id != cell_id])


def moved(notebook: Notebook, cell_id: str, before: str | None = None) -> Notebook:
    """The notebook with a cell in another place."""
    (cell,) = (cell for cell in notebook.cells if cell.cell_id == cell_id)
    return restored(without(notebook, cell_id), cell, before)


def placed(notebook: Notebook, cells: Iterable[Cell]) -> Notebook:
    """The notebook with these cells, their numbers and lines made right."""
    line = notebook.header.count("\n") + 1
    found = []
    for number, cell in enumerate(cells, 1):
        found.append(replace(cell, number=number, first_line=line + 1))
        line += cell.raw.count("\n")
    return replace(notebook, cells=tuple(found))


def _written(cell: Cell) -> Cell:
    if cell.kind == "code":
        return replace(cell, raw=f"# %%\n{cell.source}\n\n")
    lines = "".join(f"# {line}".rstrip() + "\n" for line in cell.source.split("\n"))
    return replace(cell, raw=f"# %% [markdown]\n{lines}\n")
