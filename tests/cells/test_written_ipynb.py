"""Jupyter notebooks, written again: what nobody touched is as it was."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anyhost.cells.editing import moved, with_cell, with_source, without
from anyhost.cells.ipynb import StoredRun
from anyhost.cells.notebook import Cell, Notebook
from anyhost.cells.reading import parse_notebook
from anyhost.cells.writing import new_notebook, write_notebook

OUTPUTS: list[dict[str, Any]] = [
    {"data": {"text/plain": ["1"]}, "execution_count": 3, "metadata": {"kept": 1}, "output_type": "execute_result"},
    {"name": "stdout", "output_type": "stream", "text": ["a\n", "b"]},
]
CELLS: list[dict[str, Any]] = [
    {"attachments": {"a.png": {"image/png": "aGk="}}, "cell_type": "markdown", "id": "one", "metadata": {"tags": ["t"]},
     "source": ["# é\n", "![](attachment:a.png)"]},
    {"cell_type": "code", "execution_count": 3, "id": "two", "metadata": {"collapsed": False}, "outputs": OUTPUTS,
     "source": ["x = 1\n", "x\n"], "unknown_field": {"kept": True}},
    {"cell_type": "raw", "id": "three", "metadata": {"format": "text/latex"}, "source": ["r"]},
]  # fmt: skip


def stored(minor: int = 5, **more: Any) -> dict[str, Any]:
    cells = [{key: value for key, value in cell.items() if minor >= 5 or key != "id"} for cell in CELLS]
    metadata = {"kernelspec": {"display_name": "P", "language": "python", "name": "python3"}, "other": [1]}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": minor} | more


def as_jupyter(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def read(content: bytes) -> Notebook:
    return parse_notebook(content, "n.ipynb")


LAYOUTS = [
    as_jupyter(stored()),
    as_jupyter(stored(4)),
    as_jupyter(stored(0)),
    as_jupyter(stored(unknown_field=1)),
    json.dumps(dict(reversed(stored().items())), indent=2, ensure_ascii=False).encode(),
    json.dumps(stored(), indent="\t").encode(),
    json.dumps(stored(), separators=(",", ": ")).encode(),
    as_jupyter(stored()).replace(b"\n", b"\r\n"),
    as_jupyter(stored(cells=[])),
]


@pytest.mark.parametrize("content", LAYOUTS)
def test_what_nobody_touched_is_written_as_it_was(content: bytes) -> None:
    assert write_notebook(read(content)) == content


@pytest.mark.parametrize("content", LAYOUTS[:-1])
def test_an_edit_changes_the_source_and_nothing_else(content: bytes) -> None:
    before = read(content)
    after = write_notebook(with_source(before, before.cells[1].cell_id, "y = 2\ny"))
    assert after != content
    expected = json.loads(content)
    expected["cells"][1]["source"] = ["y = 2\n", "y"]
    assert json.loads(after) == expected
    assert write_notebook(with_source(read(after), read(after).cells[1].cell_id, "x = 1\nx\n")) == content


def test_outputs_are_those_given_and_else_those_it_had() -> None:
    before = read(as_jupyter(stored()))
    shown = {"data": {"text/html": "<b>"}, "output_type": "display_data"}
    written = json.loads(write_notebook(before, {"two": StoredRun([shown]), "one": StoredRun([shown])}))
    assert written["cells"][1]["outputs"] == [shown | {"metadata": {}, "data": {"text/html": ["<b>"]}}]
    assert written["cells"][1]["execution_count"] is None
    assert "outputs" not in written["cells"][0]
    assert json.loads(write_notebook(before, {"two": StoredRun([])}))["cells"][1]["outputs"] == []


def test_a_run_has_a_number_and_so_has_its_result() -> None:
    """As in Jupyter: `In [7]` and `Out[7]`, whether or not there is an output."""
    before = read(as_jupyter(stored()))
    result = {"data": {}, "metadata": {}, "output_type": "execute_result"}
    written = json.loads(write_notebook(before, {"two": StoredRun([result], count=7)}))["cells"][1]
    assert (written["execution_count"], written["outputs"]) == (7, [result | {"execution_count": 7}])
    assert json.loads(write_notebook(before, {"two": StoredRun(count=8)}))["cells"][1]["execution_count"] == 8


def test_the_version_is_kept_and_only_4_5_has_ids() -> None:
    for minor in (2, 4, 5):
        before = read(as_jupyter(stored(minor)))
        after = json.loads(write_notebook(with_cell(before, Cell(kind="code", source="z", cell_id="new"))))
        assert after["nbformat_minor"] == minor
        assert after["cells"][-1].get("id") == ("new" if minor == 5 else None)
        assert is_valid(after)


def test_a_version_before_4_becomes_one_of_4() -> None:
    old = {
        "cell_type": "code",
        "input": "x = 1",
        "outputs": [],
        "language": "python",
        "metadata": {},
        "collapsed": True,
    }
    text = json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [old]}]})
    after = json.loads(write_notebook(read(text.encode())))
    assert (after["nbformat"], after["cells"][0]["source"]) == (4, ["x = 1"])
    assert is_valid(after)


def test_a_new_notebook_is_one_for_jupyter(tmp_path: Path) -> None:
    content = write_notebook(new_notebook("n.ipynb"))
    assert is_valid(json.loads(content))
    assert content == as_jupyter(json.loads(content))
    assert [cell.source for cell in read(content).cells] == [""]


def test_cells_are_added_deleted_and_moved_with_all_that_they_hold() -> None:
    before = read(as_jupyter(stored()))
    after = json.loads(write_notebook(moved(without(before, "three"), "two", "one")))
    assert after["cells"] == [CELLS[1], CELLS[0]]


SOURCES = st.lists(st.sampled_from(["x", "", " y", "# %%", "é\u2028", '"""', "%%time"]), max_size=4).map("\n".join)


@given(st.lists(st.tuples(st.sampled_from(["code", "markdown", "raw"]), SOURCES), max_size=5))
@settings(deadline=None)
def test_what_is_written_is_what_is_read(cells: list[tuple[Any, str]]) -> None:
    notebook = without(new_notebook("n.ipynb"), new_notebook("n.ipynb").cells[0].cell_id)
    for number, (kind, source) in enumerate(cells):
        notebook = with_cell(notebook, Cell(kind=kind, source=source, cell_id=f"c{number}"))
    again = read(write_notebook(notebook))
    assert [(cell.kind, cell.source, cell.cell_id) for cell in again.cells] == [
        (kind, source.rstrip(), f"c{number}") for number, (kind, source) in enumerate(cells)
    ]
    assert is_valid(json.loads(write_notebook(notebook)))


def is_valid(document: dict[str, Any]) -> bool:
    for cell in document["cells"]:
        cell.pop("unknown_field", None)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nbformat.validate(nbformat.from_dict(document))
    return True
