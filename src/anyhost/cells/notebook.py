"""A notebook, as a value: its cells in order, and the exact text that each came from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

CellKind: TypeAlias = Literal["code", "markdown", "raw"]
NotebookFormat: TypeAlias = Literal["percent", "script", "ipynb"]
"""A script with markers, one without, Jupyter's."""


class NotebookError(Exception):
    """A file that cannot be run as a notebook. Its text is one line, for the person who named the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell.

    `source` is what runs, or the Markdown itself, without blank lines around it. `first_line` is the
    line of the file on which `source` begins, from 1; in an `.ipynb`, the line within the cell. `raw`
    is the cell's exact text in a `.py` file, its marker included: joined, they are the file again.
    """

    kind: CellKind
    source: str
    first_line: int = 1
    title: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    raw: str = ""
    cell_id: str = ""
    number: int = 0
    """The place in the notebook, from 1, as a person counts cells."""
    own: str | None = None
    """What `raw` would be without what only its place demands: a marker, a line end, a blank line. None: `raw`."""
    apart: bool = False
    """Whether a blank line belongs between it and the cell that follows: so where an edit has brought them together."""
    stored: dict[str, Any] | None = None
    """What an `.ipynb` holds of the cell, outputs included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """The cells of one file. `header` is the text before the first cell (`#!`, jupytext's YAML), which does not run."""

    name: str
    cells: tuple[Cell, ...]
    header: str = ""
    docstring: str | None = None
    """What `__doc__` is when the file runs as a script."""
    encoding: str = "utf-8"
    line_end: str = "\n"
    """How lines end that an edit adds."""
    format: NotebookFormat = "percent"
    stored: Any = None
    """What an `.ipynb` holds besides its cells: see `ipynb.py`."""

    @property
    def text(self) -> str:
        """The file again, where it was a `.py`."""
        return self.header + "".join(cell.raw for cell in self.cells)

    @property
    def content(self) -> bytes:
        """The file again, byte by byte, where it was a `.py`."""
        return self.text.encode(self.encoding)


def numbered(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """Give each cell its number, and an id where it has none or one that is taken.

    An id is made of what the cell says, so that the same file gives the same ids in every session, and
    a cell keeps its id when others are added, moved or changed.
    """
    taken: set[str] = set()
    named: list[Cell] = []
    for number, cell in enumerate(cells, 1):
        wanted = cell.cell_id or _fingerprint(cell)
        cell_id, again = wanted, 1
        while cell_id in taken:
            again += 1
            cell_id = f"{wanted}-{again}"
        taken.add(cell_id)
        named.append(replace(cell, cell_id=cell_id, number=number))
    return tuple(named)


def _fingerprint(cell: Cell) -> str:
    return hashlib.sha256(f"{cell.kind}\n{cell.source}".encode("utf-8", "replace")).hexdigest()[:12]
