"""A script without marks (design.md, section 7)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anyhost.cells.notebook import NotebookError
from anyhost.cells.script import read_script


def sources(text: str) -> list[str]:
    return [cell.source for cell in read_script(text, "a.py").cells]


def test_a_blank_line_at_top_level_starts_a_cell() -> None:
    assert sources("a = 1\nb = 2\n\nc = 3\n\n\n\nd\n") == ["a = 1\nb = 2", "c = 3", "d"]


def test_never_inside_a_statement() -> None:
    function = "@property\n\n# why\ndef f():\n    a\n\n    b"
    brackets = "x = [\n\n    1,\n\n]"
    string = 's = """\n\n# %\n\n"""'
    branches = "if x:\n    a\n\nelse:\n\n    b"
    assert sources("\n\n".join([function, brackets, string, branches])) == [function, brackets, string, branches]


def test_comments_stick_to_what_follows() -> None:
    assert sources("# top\n\n# more\na = 1\n# about a\n\n# about b\n\nb = 2\n\n# the end\n") == [
        "# top\n\n# more\na = 1\n# about a",
        "# about b\n\nb = 2\n\n# the end",
    ]


def test_statements_on_one_line_are_one_cell() -> None:
    assert sources("a = 1; b = 2\n\nc\n") == ["a = 1; b = 2", "c"]


def test_the_docstring_of_a_script_is_markdown() -> None:
    notebook = read_script('#!/usr/bin/env python\n"""Title.\n\n    More.\n"""\n\nx = 1\n', "a.py")
    assert [(cell.kind, cell.source) for cell in notebook.cells] == [("markdown", "Title.\n\nMore."), ("code", "x = 1")]
    assert notebook.docstring == "Title.\n\nMore."


def test_top_level_await_is_python() -> None:
    assert sources("import asyncio\n\nawait asyncio.sleep(0)\n") == ["import asyncio", "await asyncio.sleep(0)"]


def test_what_does_not_parse_is_no_notebook() -> None:
    with pytest.raises(NotebookError, match=r"^a\.py, line 3: this is not Python: [^\n]*$"):
        read_script("x = 1\n\ny = (\n", "a.py")


def test_a_script_without_statements_has_no_cells() -> None:
    assert sources("") == sources("# only this\n") == []


STATEMENTS = st.sampled_from(["a = 1", "# c", "", "", "def f():\n\n    return 1", "x = [\n\n]", '"""d"""', "a; b"])


@given(st.lists(STATEMENTS), st.sampled_from(["\n", "\r\n"]))
@settings(deadline=None)
def test_reading_splits_without_loss(parts: list[str], end: str) -> None:
    text = "\n".join([*parts, ""]).replace("\n", end)
    notebook = read_script(text, "a.py")
    assert notebook.content == text.encode()
    for cell in notebook.cells:
        assert text.split(end)[cell.first_line - 1] == cell.source.split("\n")[0] or cell.kind == "markdown"
