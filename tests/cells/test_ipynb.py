"""Jupyter notebooks, of every version of the format."""

from __future__ import annotations

import json
from typing import Any

import pytest

from anyhost.cells.ipynb import read_ipynb
from anyhost.cells.notebook import NotebookError


def document(*cells: dict[str, Any], minor: int = 5) -> str:
    return json.dumps({"nbformat": 4, "nbformat_minor": minor, "metadata": {}, "cells": list(cells)})


def code(source: str, **more: Any) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None, **more}


def test_cells_keep_their_ids_kinds_and_magics() -> None:
    notebook = read_ipynb(
        document(
            code("%matplotlib inline\n!ls", id="first"),
            {"cell_type": "markdown", "source": ["# T\n", "x"], "metadata": {"a": 1}, "id": "second"},
            {"cell_type": "raw", "source": "r", "metadata": {}, "id": "third"},
        ),
        "a.ipynb",
    )
    assert [(cell.cell_id, cell.kind, cell.source, cell.number) for cell in notebook.cells] == [
        ("first", "code", "%matplotlib inline\n!ls", 1),
        ("second", "markdown", "# T\nx", 2),
        ("third", "raw", "r", 3),
    ]
    assert notebook.cells[1].metadata == {"a": 1}


def test_cells_without_ids_get_the_same_ones_each_time() -> None:
    text = document(code("a"), code("a"), minor=4)
    ids = [cell.cell_id for cell in read_ipynb(text, "a.ipynb").cells]
    assert ids == [cell.cell_id for cell in read_ipynb(text, "a.ipynb").cells]
    assert len(set(ids)) == 2


def test_version_3_is_converted() -> None:
    cells = [{"cell_type": "code", "input": "x = 1", "outputs": [], "language": "python", "metadata": {}}]
    text = json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}]})
    assert [cell.source for cell in read_ipynb(text, "a.ipynb").cells] == ["x = 1"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", '{"nbformat": 4}', '{"cells": 3, "nbformat": 4}', '{"nbformat": 99}']
)
def test_anything_else_is_no_notebook_in_one_line(text: str) -> None:
    with pytest.raises(NotebookError, match=r"^a\.ipynb: this is not a Jupyter notebook: [^\n]+$"):
        read_ipynb(text, "a.ipynb")
