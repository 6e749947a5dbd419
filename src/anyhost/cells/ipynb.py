"""Jupyter's own format, read and written through nbformat; versions before 4 are converted to it.

What a file holds of a notebook and a cell is kept as it is, known or not, and written again: metadata, attachments,
outputs, ids, what a later version or another program has added.
"""

from __future__ import annotations

import copy
import json
import platform
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from .lines import line_end_of
from .notebook import Cell, CellKind, Notebook, NotebookError, numbered


@dataclass(frozen=True, slots=True)
class StoredRun:
    """What the last run of a cell has left, as nbformat has it."""

    outputs: Sequence[dict[str, Any]] = ()
    count: int | None = None
    """The run's number in its kernel: Jupyter's `In [3]`. None: it has not ended."""


StoredRuns: TypeAlias = Mapping[str, StoredRun]
"""By cell."""

_FIRST_WITH_IDS = (4, 5)
_KINDS: dict[str, CellKind] = {"code": "code", "markdown": "markdown", "raw": "raw", "heading": "markdown"}


@dataclass(frozen=True, slots=True)
class Stored:
    """What a file holds besides its cells, and how it is laid out."""

    fields: dict[str, Any]
    indent: str | int | None = 1
    is_ascii: bool = False
    line_end: str = "\n"
    after: str = "\n"

    @classmethod
    def of(cls, fields: dict[str, Any], text: str) -> Stored:
        first = re.match(r"\s*\{\s*?\n([ \t]*)", text)
        return cls(
            fields,
            indent=first[1] if first else None,
            is_ascii=text.isascii() and "\\u" in text,
            line_end=line_end_of(text),
            after="\n" if text.endswith("\n") else "",
        )


def read_ipynb(text: str, name: str) -> Notebook:
    """The notebook in an `.ipynb`. Magics stay in the source. Raises `NotebookError` where it is none."""
    # Not for a `.py`. Its `reads` would also hold the file against a JSON Schema, slowly, and log what it finds.
    from nbformat import convert
    from nbformat.reader import reads

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of ids that converting adds: `numbered` makes all ids right
            document: Any = convert(reads(text), 4)
        cells = numbered(_cell(each) for each in document.cells)
    except Exception as error:
        # What nbformat raises on a wrong file is whatever its converters stumble over; other JSON it takes for its
        # first version.
        is_other = text.lstrip().startswith("{") and '"nbformat"' not in text
        reason = "it has no `nbformat`" if is_other else _first_line(error)
        raise NotebookError(f"{name}: this is not a Jupyter notebook: {reason}") from error
    fields = {**document, "cells": []}  # its place among the others
    return Notebook(name=name, cells=cells, format="ipynb", stored=Stored.of(fields, text))


def write_ipynb(notebook: Notebook, runs: StoredRuns) -> str:
    """The text of an `.ipynb`, laid out as it was, a new one as Jupyter does it.

    A code cell that `runs` does not name keeps the outputs that it had.
    """
    import nbformat
    from nbformat.v4.rwbase import split_lines, strip_transient

    stored = Stored(_new_document()) if notebook.stored is None else notebook.stored
    document = copy.deepcopy(stored.fields)
    with_ids = (document["nbformat"], document["nbformat_minor"]) >= _FIRST_WITH_IDS
    cells = [_stored_cell(cell, runs.get(cell.cell_id), with_ids=with_ids) for cell in notebook.cells]
    document = {**document, "cells": cells} if "cells" in document else {"cells": cells, **document}
    node = strip_transient(split_lines(nbformat.from_dict(document)))
    text = json.dumps(node, indent=stored.indent, ensure_ascii=stored.is_ascii, separators=(",", ": "))
    return (text + stored.after).replace("\n", stored.line_end)


def _new_document() -> dict[str, Any]:
    language = {"name": "python", "version": platform.python_version()}
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": language}
    return {"metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _stored_cell(cell: Cell, run: StoredRun | None, *, with_ids: bool) -> dict[str, Any]:
    stored: dict[str, Any] = copy.deepcopy(cell.stored) if cell.stored is not None else {"metadata": cell.metadata}
    stored["cell_type"] = cell.kind
    if "source" not in stored or _source_of(stored) != cell.source:
        stored["source"] = cell.source
    if with_ids:
        stored["id"] = cell.cell_id
    if cell.kind == "code":
        stored.setdefault("outputs", [])
        stored.setdefault("execution_count", None)
        if run is not None:
            stored["outputs"] = [_stored_output(each, run.count) for each in run.outputs]
            stored["execution_count"] = run.count
    # A cell that was there keeps the order of its fields; a new one has Jupyter's.
    return stored if cell.stored is not None else dict(sorted(stored.items()))


def _stored_output(output: dict[str, Any], count: int | None) -> dict[str, Any]:
    """An output with what the format demands of one."""
    kind = output.get("output_type")
    demanded: dict[str, Any] = {"metadata": {}} if kind in {"display_data", "execute_result"} else {}
    if kind == "execute_result":
        demanded["execution_count"] = count
    return dict(sorted((demanded | copy.deepcopy(output)).items()))


def _cell(document: Any) -> Cell:
    # Blank lines at the top stay: an error's line is then the line that a person sees in the cell.
    return Cell(
        kind=_KINDS[document.cell_type],
        source=_source_of(document),
        metadata=dict(document.metadata),
        cell_id=document.get("id", ""),
        stored=dict(document),
    )


def _source_of(stored: dict[str, Any]) -> str:
    source: str = stored.get("source", "")
    return source.replace("\r\n", "\n").rstrip()


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
