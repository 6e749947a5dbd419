"""Jupyter's own format, read through nbformat; older versions are converted to version 4."""

from __future__ import annotations

import warnings
from typing import Any

from .notebook import Cell, CellKind, Notebook, NotebookError, numbered

_KINDS: dict[str, CellKind] = {"code": "code", "markdown": "markdown", "raw": "raw", "heading": "markdown"}


def read_ipynb(text: str, name: str) -> Notebook:
    """The notebook in an `.ipynb`. Magics stay in the source. Raises `NotebookError` where it is none."""
    import nbformat  # not for a `.py`: it brings a JSON Schema validator along

    try:
        with warnings.catch_warnings():
            # It warns of ids that it adds itself, and of duplicates: `numbered` makes all ids right.
            warnings.simplefilter("ignore")
            document: Any = nbformat.reads(text, as_version=4)
        cells = numbered(_cell(each) for each in document.cells)
    except Exception as error:
        # What nbformat raises on a wrong file is whatever its converters stumble over.
        raise NotebookError(f"{name}: this is not a Jupyter notebook: {_first_line(error)}") from error
    return Notebook(name=name, cells=cells)


def _cell(document: Any) -> Cell:
    # Blank lines at the top stay: an error's line is then the line that a person sees in the cell.
    return Cell(
        kind=_KINDS[document.cell_type],
        source=document.source.replace("\r\n", "\n").rstrip(),
        metadata=dict(document.metadata),
        cell_id=document.get("id", ""),
    )


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
