"""What edits make of a notebook and its file: the cells that were not touched stay byte for byte."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anyhost.cells.editing import moved, placed, restored, with_cell, with_source, without
from anyhost.cells.notebook import Cell, Notebook, NotebookError
from anyhost.cells.pieces import as_read
from anyhost.cells.reading import parse_notebook
from anyhost.cells.writing import new_notebook, write_notebook

NOTEBOOK = """\
#!/usr/bin/env python
# ---
# jupyter: {}
# ---

# %% [markdown] tags=["top"]
# # Title

# %% First  tags=["a"]  other=1

x = 1


#%%
y = 2
# %% [md]
'''
Quoted
'''
"""


def notebook(text: str | bytes, name: str = "n.py") -> Notebook:
    return parse_notebook(text.encode() if isinstance(text, str) else text, name)


def text_of(edited: Notebook) -> str:
    return write_notebook(edited).decode()


def id_of(of: Notebook, number: int) -> str:
    return of.cells[number - 1].cell_id


def test_an_edit_replaces_the_body_and_nothing_else() -> None:
    before = notebook(NOTEBOOK)
    after = with_source(before, id_of(before, 2), "x = 3\n\nz = 4")
    assert text_of(after) == NOTEBOOK.replace("x = 1", "x = 3\n\nz = 4")
    assert [cell.cell_id for cell in after.cells] == [cell.cell_id for cell in before.cells]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"# %%\nx = 1", b"# %%\na\nb"),
        (b"# %%", b"# %%\na\nb\n"),
        (b"# %%\r\nx = 1\r\n\r\n", b"# %%\r\na\r\nb\r\n\r\n"),
        (b"# %%\rx", b"# %%\ra\rb"),
        (b"x = 1", b"a\nb"),
    ],
)
def test_an_edit_ends_its_lines_as_the_file_does(content: bytes, expected: bytes) -> None:
    before = notebook(content)
    assert write_notebook(with_source(before, id_of(before, 1), "a\nb")) == expected


def test_an_edit_and_its_undoing_leave_nothing_behind() -> None:
    before = notebook(NOTEBOOK)
    for cell in before.cells:
        edited = with_source(with_source(before, cell.cell_id, "other"), cell.cell_id, cell.source)
        assert text_of(edited) == NOTEBOOK
        emptied = with_source(with_source(before, cell.cell_id, ""), cell.cell_id, cell.source)
        assert [each.source for each in notebook(text_of(emptied)).cells] == [each.source for each in before.cells]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("# New\n\n- a  \n- b", "# # New\n#\n# - a  \n# - b"),
        ("", ""),
        ("%% no marker", '"""\n%% no marker\n"""'),
        ("%% \\alpha", 'r"""\n%% \\alpha\n"""'),
        ('%% """', "'''\n%% \"\"\"\n'''"),
        ("%% \"\"\" '''", "#\N{NO-BREAK SPACE}%% \"\"\" '''"),
        ("\n x", "#\n#  x"),
    ],
)
def test_markdown_is_written_as_comments_that_are_no_markers(source: str, text: str) -> None:
    before = notebook("# %% [markdown]\n# old\n\n# %%\nx\n")
    after = text_of(with_source(before, id_of(before, 1), source))
    assert after == f"# %% [markdown]\n{text}{chr(10) if text else ''}\n# %%\nx\n"
    if chr(160) not in after:
        assert notebook(after).cells[0].source == source


def test_markdown_that_was_a_string_stays_one() -> None:
    before = notebook(NOTEBOOK)
    after = text_of(with_source(before, id_of(before, 4), "New\n$\\alpha$"))
    assert after == NOTEBOOK.replace("'''\nQuoted", "r'''\nNew\n$\\alpha$")


def test_a_new_cell_is_set_apart_by_a_blank_line() -> None:
    before = notebook("# %%\nx = 1\n")
    after = with_cell(before, Cell(kind="code", source="y = 2", cell_id="new"))
    after = with_cell(after, Cell(kind="markdown", source="# T", title="A title", metadata={"a": [1]}), "new")
    assert text_of(after) == "# %%\nx = 1\n\n# %% A title [markdown] a=[1]\n# # T\n\n# %%\ny = 2\n"
    assert text_of(without(without(after, "new"), id_of(after, 2))) == "# %%\nx = 1\n"


def test_a_new_file_fills_up() -> None:
    one = new_notebook("n.py")
    assert write_notebook(one) == b"# %%\n"
    two = with_cell(one, Cell(kind="code", source="", cell_id="two"))
    both = with_source(with_source(two, id_of(one, 1), "x = 1"), "two", "y = 2")
    assert text_of(both) == "# %%\nx = 1\n\n# %%\ny = 2\n"
    tight = notebook("# %%\n# %%\nb\n# %%\nc\n")
    assert text_of(with_source(tight, id_of(tight, 1), "a")) == "# %%\na\n\n# %%\nb\n# %%\nc\n"


def test_a_cell_that_was_deleted_comes_back_with_its_text() -> None:
    before = notebook(NOTEBOOK)
    for index, cell in enumerate(before.cells):
        next_id = before.cells[index + 1].cell_id if index + 1 < len(before.cells) else None
        gone = without(before, cell.cell_id)
        assert cell.raw not in text_of(gone)
        back = restored(gone, cell, next_id)
        assert text_of(back) == NOTEBOOK
        assert back.cells[index].metadata == cell.metadata


def test_cells_move_with_their_text() -> None:
    before = notebook("# %% a\n1\n# %% b\n2\n\n\n# %% c\n3")
    ids = [cell.cell_id for cell in before.cells]
    after = moved(before, ids[2], ids[0])
    assert text_of(after) == "# %% c\n3\n\n# %% a\n1\n# %% b\n2\n\n\n"
    assert [cell.number for cell in after.cells] == [1, 2, 3]
    assert text_of(moved(after, ids[2])) == before.text
    assert moved(before, ids[0], ids[0]) is before


@pytest.mark.parametrize("function", [without, moved, lambda of, cell_id: with_source(of, cell_id, "")])
def test_a_cell_that_is_not_there_is_an_error(function: object) -> None:
    with pytest.raises(KeyError):
        function(notebook(NOTEBOOK), "nobody")  # type: ignore[operator]


def test_lines_are_those_of_the_new_file() -> None:
    before = notebook(NOTEBOOK)
    after = with_source(before, id_of(before, 1), "one\ntwo\nthree")
    again = notebook(text_of(after))
    assert [cell.first_line for cell in after.cells] == [cell.first_line for cell in again.cells]


def test_code_before_the_first_marker_gets_one_when_it_stands_elsewhere() -> None:
    before = notebook('#!/bin/python\n"""About."""\n\n# %%\nx = 1\n')
    about = id_of(before, 1)
    assert text_of(with_source(before, about, "Other")) == '#!/bin/python\n"""\nOther\n"""\n\n# %%\nx = 1\n'
    assert with_source(before, about, "Other").docstring == "Other"
    after = moved(before, about)
    assert text_of(after) == "# %%\nx = 1\n\n# %% [markdown]\n# About.\n"
    assert text_of(moved(after, about, id_of(before, 2))) == before.text
    code = notebook("import os\n\n# %%\nx = 1\n")
    assert text_of(with_source(code, id_of(code, 1), "# nothing but this")).startswith("# %%\n# nothing")
    assert text_of(moved(code, id_of(code, 1))) == "# %%\nx = 1\n\n# %%\nimport os\n\n"


# ---- a script without markers


SCRIPT = '"""About."""\n\nimport os\n# why\nx = 1\n\n\ndef f():\n\n    return x'


def test_a_script_without_markers_stays_one_as_long_as_its_cells_can_be_told_apart() -> None:
    before = notebook(SCRIPT)
    assert [cell.kind for cell in before.cells] == ["markdown", "code", "code"]
    after = with_source(before, id_of(before, 2), "import sys")
    assert text_of(after) == SCRIPT.replace("import os\n# why\nx = 1", "import sys")
    after = with_cell(after, Cell(kind="code", source="y = 2", cell_id="new"))
    assert text_of(after).endswith("    return x\n\ny = 2\n")
    assert text_of(without(after, "new")) == text_of(with_source(before, id_of(before, 2), "import sys"))
    assert text_of(moved(before, id_of(before, 3), id_of(before, 2))) == (
        '"""About."""\n\ndef f():\n\n    return x\n\nimport os\n# why\nx = 1\n\n\n'
    )


def test_markers_come_with_the_first_edit_that_needs_them_and_go_with_it() -> None:
    before = notebook(SCRIPT)
    marked = SCRIPT.replace("import os", "# %%\nimport os").replace("\n\ndef", "\n\n# %%\ndef")
    for source in ["a = 1\n\nb = 2", "a = (", "# a comment"]:
        after = with_source(before, id_of(before, 2), source)
        assert text_of(after) == marked.replace("import os\n# why\nx = 1", source)
        assert [each.first_line for each in after.cells] == [each.first_line for each in notebook(text_of(after)).cells]
        assert text_of(with_source(after, id_of(before, 2), before.cells[1].source)) == SCRIPT
    with_text = with_cell(before, Cell(kind="markdown", source="T", cell_id="new"), id_of(before, 3))
    assert text_of(with_text) == marked.replace("# %%\ndef", "# %% [markdown]\n# T\n\n# %%\ndef")
    assert text_of(without(with_text, "new")) == SCRIPT


def test_an_empty_cell_is_not_written_into_a_script() -> None:
    before = notebook("a = 1\n\nb = 2\n")
    after = with_cell(before, Cell(kind="code", source="", cell_id="new"), id_of(before, 2))
    assert text_of(after) == before.text
    assert text_of(with_source(after, "new", "c = 3")) == "a = 1\n\nc = 3\n\nb = 2\n"


def test_a_file_without_any_cell_gets_markers() -> None:
    assert text_of(with_cell(notebook(""), Cell(kind="code", source="x"))) == "# %%\nx\n"
    assert text_of(with_cell(notebook("# only this"), Cell(kind="code", source="x"))) == "# only this\n# %%\nx\n"


def test_an_interpreter_line_stays_at_the_top() -> None:
    before = notebook("#!/usr/bin/env python\n# coding: latin-1\nx = 'é'\n\ny\n".encode("latin-1"))
    after = with_source(before, id_of(before, 2), "y\n\nz")
    assert write_notebook(after) == "#!/usr/bin/env python\n# coding: latin-1\nx = 'é'\n\n# %%\ny\n\nz\n".encode(
        "latin-1"
    )


# ---- encodings, and what no file can hold


def test_a_character_that_the_encoding_lacks_is_said_with_its_line() -> None:
    before = notebook("# coding: latin-1\n# %%\nx = 'é'\n".encode("latin-1"))
    with pytest.raises(NotebookError, match=r"^n\.py, line 3: '→' cannot be written in iso-8859-1, [^\n]*$"):
        write_notebook(with_source(before, id_of(before, 1), "x = '→'"))


def test_an_edit_of_the_encoding_line_counts() -> None:
    before = notebook("# coding: latin-1\nx = 'é'\n".encode("latin-1"))
    after = with_source(before, id_of(before, 1), "x = '→'")
    assert write_notebook(after) == "x = '→'\n".encode()


def test_what_no_text_file_can_hold_is_taken_out() -> None:
    before = notebook("# %%\nx\n")
    assert with_source(before, id_of(before, 1), "a\0b\ud800c\U0001f600").cells[0].source == "ab\ufffdc\U0001f600"


ODD = [
    b"# %%\r\nx = 1\r\n\r\n# %% [markdown]\r\n# a\r\n# b\r\n",
    b"# %%\rx = 1\r\r# %%\ry\r",
    b"# %%\n\tif x:\n\t\ty\n# %%\n",
    b"# %%\nx = 1",
    b"# %%",
    b"# %%\n\n\n\n# %%\n\n\nx\n\n\n\n",
    NOTEBOOK.encode(),
    b'# %%\ns = """\n# %% no marker\n"""\n# %%\nt = \'# %%\'\n',
    "\ufeff# %%\nx = 'é'\n".encode(),
    "# -*- coding: cp1252 -*-\n# %%\nx = '€'\n# %%\ny".encode("cp1252"),
    "# %%\nx = '\u2028'\n\x0c\n# %%\ny\n".encode(),
    b"#%% a\nx\n#    %% b\ny\n# %%%% sub\nz\n",
    b"# %%time\nx\n# %%\n%%time\ny\n",
    b"# comment\n\n# %%\nx\n",
    b'"""Doc."""\nimport a\n# %%\nx\n',
    b"a\n\n\nb\r\n\r\nc",
    b'#!x\n"""Doc\n\n   in"""\n\nx = """\n\n"""\n\ny\n',
    b"\n\na = 1\n\n\n",
    b"",
    b"# only\n",
]

LINES = st.sampled_from(
    ["x = 1", "", "    y", "# c", "def f():", "\tz", "# it's", "%time x", "é€" * 0 + "w", "  ", "(", "\x0c"]
)
SOURCES = st.lists(LINES, max_size=4).map("\n".join)
EDITS = st.lists(
    st.tuples(st.sampled_from(["edit", "add", "add markdown", "delete", "move"]), st.integers(0, 9), SOURCES),
    max_size=5,
)


def edited(of: Notebook, edits: list[tuple[str, int, str]]) -> Notebook:
    for count, (kind, index, source) in enumerate(edits):
        ids = [cell.cell_id for cell in of.cells]
        place = ids[index] if index < len(ids) else None
        match kind:
            case "edit" if place is not None:
                of = with_source(of, place, source)
            case "add" | "add markdown":
                new = Cell(kind="code" if kind == "add" else "markdown", source=source, cell_id=f"new-{count}")
                of = with_cell(of, new, place)
            case "delete" if place is not None:
                of = without(of, place)
            case "move" if ids:
                of = moved(of, ids[index * 7 % len(ids)], place)
    return of


def says(of: Notebook) -> list[tuple[str, str]]:
    """What cells say. An empty one has no place in a script without markers."""
    found = [(cell.kind, as_read(cell) if cell.kind == "code" else cell.source.strip("\n")) for cell in of.cells]
    return [each for each in found if each[1]]


@given(st.sampled_from(ODD), EDITS)
@settings(deadline=None)
def test_what_was_edited_is_what_is_read_again(content: bytes, edits: list[tuple[str, int, str]]) -> None:
    before = notebook(content)
    after = edited(before, edits)
    again = notebook(write_notebook(after))
    assert says(again) == says(after)
    assert again.text == after.text
    if len(again.cells) == len(after.cells):
        assert [cell.first_line for cell in again.cells if cell.source.strip()] == [
            cell.first_line for cell in after.cells if cell.source.strip()
        ]
    assert placed(after, after.cells) == after


@given(st.sampled_from(ODD), EDITS)
@settings(deadline=None)
def test_cells_that_were_not_touched_keep_their_bytes(content: bytes, edits: list[tuple[str, int, str]]) -> None:
    before = notebook(content)
    assert write_notebook(before) == content
    after = edited(before, edits)
    was = {cell.cell_id: cell for cell in before.cells}
    for cell in after.cells:
        old = was.get(cell.cell_id)
        if old is not None and old.source == cell.source and cell.kind == "code":
            assert old.raw.strip("\r\n") in cell.raw
    # Back in the old order, with the old sources, the file is the old one.
    back = placed(after, [replace(each, apart=False) for each in before.cells])
    if before.header == after.header:
        assert write_notebook(back) == content


@given(st.sampled_from(ODD), st.integers(0, 5))
@settings(deadline=None)
def test_deleting_and_restoring_a_cell_leaves_the_file_as_it_was(content: bytes, index: int) -> None:
    before = notebook(content)
    if index >= len(before.cells):
        return
    next_id = before.cells[index + 1].cell_id if index + 1 < len(before.cells) else None
    cell = before.cells[index]
    assert write_notebook(restored(without(before, cell.cell_id), cell, next_id)) == content
