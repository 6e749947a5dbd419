"""Which cell is which, when a file is read again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyhost.cells.matching import matched
from anyhost.cells.notebook import Cell, numbered


def cells(*sources: str, ids: str | None = None) -> tuple[Cell, ...]:
    """Code cells; with `ids`, a letter of it is the id of each."""
    return numbered(
        Cell(kind="code", source=source, cell_id=ids[index] if ids else "") for index, source in enumerate(sources)
    )


def ids_of(found: tuple[Cell, ...]) -> str:
    return "".join(cell.cell_id if len(cell.cell_id) == 1 else "?" for cell in found)


@pytest.mark.parametrize(
    ("before", "after", "ids"),
    [
        (("x", "y"), ("x", "y"), "ab"),
        (("x", "y"), ("y", "x"), "ba"),
        (("x", "y"), ("y",), "b"),
        (("x", "y"), ("x", "new", "y"), "a?b"),
        (("x", "y", "z"), ("x", "changed", "z"), "abc"),
        (("x", "y"), ("x", "y", "y"), "ab?"),
        (("x", "x"), ("x", "x"), "ab"),
        (("x", "for i in range(10): print(i)", "z"), ("x", "new", "for i in range(11): print(i)", "z"), "a?bc"),
        (("x", "y"), (), ""),
    ],
    ids=str,
)
def test_a_cell_keeps_its_id(before: tuple[str, ...], after: tuple[str, ...], ids: str) -> None:
    assert ids_of(matched(cells(*after), cells(*before, ids="abcd"))) == ids


def test_an_id_in_the_file_is_believed_where_the_text_was_changed() -> None:
    assert ids_of(matched(cells("1", "changed", ids="ba"), cells("1", "2", ids="ba"))) == "ba"
    moved_and_changed = cells("changed", "1", "2", ids="cab")
    assert ids_of(matched(moved_and_changed, cells("1", "2", "3", ids="abc"))) == "cab"


def test_a_text_is_believed_more_than_an_id_that_was_made_of_another_text() -> None:
    """A cell that was edited keeps the id that its first text gave it; another one may have that text now."""
    (first,) = cells("x")
    edited = Cell(kind="code", source="y", cell_id=first.cell_id)
    other = Cell(kind="code", source="x", cell_id="b")
    assert [cell.cell_id for cell in matched(cells("y", "x"), [edited, other])] == [first.cell_id, "b"]


def test_a_new_cell_gets_no_id_that_means_another_one() -> None:
    (new,) = cells("x")
    (found,) = matched([new], [], avoid=[new.cell_id])
    assert found.cell_id == f"{new.cell_id}-2"


def test_a_markdown_cell_never_becomes_a_code_cell() -> None:
    (found,) = matched([Cell(kind="markdown", source="x", cell_id="n")], cells("x", ids="a"))
    assert found.cell_id == "n"


sources = st.lists(st.sampled_from(["x", "y", "z", "a longer text", "a longer test"]), max_size=6)


@given(sources, sources)
def test_ids_are_never_given_twice_and_texts_stay(before: list[str], after: list[str]) -> None:
    old, new = cells(*before), cells(*after)
    found = matched(new, old)
    assert [cell.source for cell in found] == after
    assert len({cell.cell_id for cell in found}) == len(found)
    # What is in both is never taken for something new.
    known = {cell.cell_id for cell in old}
    for source in set(before) & set(after):
        kept = sum(1 for cell in found if cell.source == source and cell.cell_id in known)
        assert kept >= min(before.count(source), after.count(source))


@given(sources)
def test_a_file_that_is_the_same_is_recognised_whole(before: list[str]) -> None:
    old = cells(*before)
    assert matched(cells(*before), old) == old
