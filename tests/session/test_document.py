"""What each edit makes of the notebook that is being edited, and what everyone is told of it."""

from __future__ import annotations

from typing import Any

import pytest

from anyhost.cells.notebook import Notebook
from anyhost.cells.reading import parse_notebook
from anyhost.protocol.messages import AddCell, CellEdited, DeleteCell, EditCell, MoveCell, NotebookInfo
from anyhost.session.document import Change, Document, Edit, EditError

FILE = b'# %% id="a"\none\n\n# %% A title id="b"\ntwo\n\n# %% [markdown] id="c"\n# three\n'


def document(content: bytes = FILE) -> Document:
    return Document(parse_notebook(content, "n.py"))


def do(here: Document, edit: type[Edit], client_id: str = "A", /, **fields: Any) -> Change | None:
    return here.apply(edit(command_id=1, **fields), client_id)


def shown(here: Document | Notebook) -> str:
    notebook = here.notebook if isinstance(here, Document) else here
    return " ".join(f"{cell.cell_id}:{cell.source}" for cell in notebook.cells)


def test_an_edit_says_who_made_it_and_counts() -> None:
    here = document()
    assert do(here, EditCell, cell_id="b", source="TWO") == CellEdited(
        cell_id="b", source="TWO", revision=1, client_id="A"
    )
    again = do(here, EditCell, "B", cell_id="b", source="2")
    assert again == CellEdited(cell_id="b", source="2", revision=2, client_id="B")
    assert shown(here) == "a:one b:2 c:three"
    assert [cell.revision for cell in here.info().cells] == [0, 2, 0]


def test_an_edit_to_the_same_text_is_told_and_changes_no_file() -> None:
    here = document()
    assert do(here, EditCell, cell_id="a", source="one") is not None
    assert here.version == 0


def test_a_cell_comes_before_another_one_or_at_the_end() -> None:
    here = document()
    told = do(here, AddCell, cell_id="n", kind="code", source="new", before="b")
    assert shown(here) == "a:one n:new b:two c:three"
    assert isinstance(told, NotebookInfo)
    assert [cell.cell_id for cell in told.cells] == ["a", "n", "b", "c"]
    do(here, AddCell, cell_id="m", kind="markdown")
    assert shown(here).endswith("c:three m:")


def test_a_cell_moves() -> None:
    here = document()
    do(here, MoveCell, cell_id="c", before="a")
    assert shown(here) == "c:three a:one b:two"
    do(here, MoveCell, cell_id="c")
    do(here, MoveCell, cell_id="a", before="a")
    assert shown(here) == "a:one b:two c:three"


def test_a_cell_that_was_deleted_comes_back_as_it_was() -> None:
    here = document()
    before = here.notebook.content
    do(here, DeleteCell, cell_id="b")
    assert shown(here) == "a:one c:three"
    do(here, AddCell, cell_id="b", kind="code", before="c")
    assert here.notebook.content == before


def test_a_cell_that_was_deleted_comes_back_as_another_kind() -> None:
    here = document()
    do(here, DeleteCell, cell_id="b")
    do(here, AddCell, cell_id="b", kind="markdown", source="two", before="c")
    assert [(cell.cell_id, cell.kind) for cell in here.info().cells] == [
        ("a", "code"),
        ("b", "markdown"),
        ("c", "markdown"),
    ]


def test_to_delete_what_another_page_has_just_deleted_is_no_error() -> None:
    here = document()
    do(here, DeleteCell, cell_id="b")
    assert do(here, DeleteCell, "B", cell_id="b") is None


def test_what_goes_before_a_cell_that_was_deleted_meanwhile_goes_where_that_was() -> None:
    here = document()
    do(here, DeleteCell, cell_id="b")
    do(here, DeleteCell, cell_id="a")
    do(here, AddCell, cell_id="n", kind="code", source="new", before="a")
    assert shown(here) == "n:new c:three"
    do(here, AddCell, cell_id="e", kind="code", source="end", before="never there")
    assert shown(here).endswith("e:end")


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (EditCell(command_id=1, cell_id="gone", source=""), "not there"),
        (DeleteCell(command_id=1, cell_id="gone"), "not there"),
        (MoveCell(command_id=1, cell_id="gone"), "not there"),
        (AddCell(command_id=1, cell_id="a", kind="code"), "already"),
        (AddCell(command_id=1, cell_id="a b", kind="code"), "expected letters"),
        (AddCell(command_id=1, cell_id="</script>", kind="code"), "expected letters"),
    ],
)
def test_what_cannot_be_done_changes_nothing(edit: Edit, said: str) -> None:
    here = document()
    before = here.notebook
    with pytest.raises(EditError, match=said):
        here.apply(edit, "A")
    assert here.notebook is before
    assert here.version == 0


def test_a_file_that_changed_is_told_by_cell_and_as_a_whole_where_its_shape_changed() -> None:
    here = document()
    changed = here.recognise(parse_notebook(FILE.replace(b"two", b"2"), "n.py"), here.notebook)
    assert here.replace(changed) == [CellEdited(cell_id="b", source="2", revision=1, client_id="")]
    longer = here.recognise(parse_notebook(FILE + b"# %%\nnew\n", "n.py"), here.notebook)
    edited, info = here.replace(longer)
    assert isinstance(edited, CellEdited)
    assert isinstance(info, NotebookInfo)
    assert [(cell.cell_id, cell.source) for cell in info.cells[:3]] == [("a", "one"), ("b", "two"), ("c", "three")]
    assert [cell.revision for cell in info.cells] == [0, 2, 0, 0]


def test_the_kernel_gets_the_code_and_the_lines_on_which_it_stands() -> None:
    here = document()
    do(here, EditCell, cell_id="a", source="one\none")
    assert [(cell.cell_id, cell.first_line, cell.number) for cell in here.code()] == [("a", 2, 1), ("b", 6, 2)]


def test_only_so_many_deleted_cells_are_kept() -> None:
    """Promise 8."""
    here = document()
    for number in range(300):
        do(here, AddCell, cell_id=f"n{number}", kind="code", source="text")
        do(here, DeleteCell, cell_id=f"n{number}")
    do(here, AddCell, cell_id="n0", kind="code")
    do(here, AddCell, cell_id="n299", kind="code")
    assert [cell.source for cell in here.notebook.cells[-2:]] == ["", "text"]
