"""What two sides made of one notebook: merged only where nobody could have meant anything else."""

from __future__ import annotations

import pytest

from anyhost.cells.merging import is_same, merge
from anyhost.cells.notebook import Cell, Notebook


def notebook(text: str, header: str = "") -> Notebook:
    """Cells by their ids, with their sources behind them: `a1 b1`."""
    cells = tuple(
        Cell(kind="code", source=word[1:], raw=word[1:], cell_id=word[0], number=number, first_line=number)
        for number, word in enumerate(text.split(), 1)
    )
    return Notebook(name="n.py", cells=cells, header=header)


def text_of(found: Notebook | None) -> str | None:
    return None if found is None else " ".join(cell.cell_id + cell.source for cell in found.cells)


@pytest.mark.parametrize(
    ("ours", "theirs", "both"),
    [
        ("a1 b1 c1", "a1 b1 c1", "a1 b1 c1"),
        ("a2 b1 c1", "a1 b1 c1", "a2 b1 c1"),
        ("a1 b1 c1", "a1 b2 c1", "a1 b2 c1"),
        ("a2 b1 c1", "a1 b2 c1", "a2 b2 c1"),
        ("a2 b1 c1", "a2 b1 c1", "a2 b1 c1"),
        ("a2 b1 c1", "a3 b1 c1", None),
        ("a2 b1 c1", "a1 b1 d1 c1", "a2 b1 d1 c1"),
        ("a1 d1 b1 c1", "a1 b2 c1", "a1 d1 b2 c1"),
        ("a1 d1 b1 c1", "a1 b1 e1 c1", None),
        ("a2 b1 c1", "c1 a1 b1", "c1 a2 b1"),
        ("c1 a1 b1", "a1 b2 c1", "c1 a1 b2"),
        ("c1 a1 b1", "b1 a1 c1", None),
        ("b1 c1", "a2 b1 c1", None),
        ("a2 b1 c1", "b1 c1", None),
        ("b1 c1", "a1 b2 c1", "b2 c1"),
        ("b1 c1", "b1 c1", "b1 c1"),
        ("a1 c1", "b1 c1", None),
    ],
)
def test_cells_are_merged_where_nobody_meant_anything_else(ours: str, theirs: str, both: str | None) -> None:
    base = notebook("a1 b1 c1")
    assert text_of(merge(base, notebook(ours), notebook(theirs))) == both


def test_a_header_is_that_of_the_side_that_changed_it() -> None:
    base = notebook("a1 b1", "one")
    for ours, theirs, both in [("one", "two", "two"), ("two", "one", "two"), ("two", "two", "two")]:
        merged = merge(base, notebook("a2 b1", ours), notebook("a1 b2", theirs))
        assert merged is not None
        assert merged.header == both
    assert merge(base, notebook("a2 b1", "two"), notebook("a1 b2", "three")) is None


def test_where_a_cell_stands_in_the_file_does_not_make_it_another_one() -> None:
    later = Notebook(name="n.py", cells=(Cell(kind="code", source="1", raw="1", cell_id="a", number=7, first_line=90),))
    assert is_same(later, notebook("a1"))
    assert not is_same(later, notebook("b1"))
