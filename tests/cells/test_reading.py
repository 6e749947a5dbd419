"""Which files are notebooks, and what is said of those that are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from anyhost.cells.notebook import NotebookError
from anyhost.cells.reading import parse_notebook, read_notebook


def test_the_format_is_told_by_name_and_markers(tmp_path: Path) -> None:
    marked, plain = tmp_path / "marked.py", tmp_path / "plain.py"
    marked.write_text("# %%\na\n\nb\n")
    plain.write_text("a\n\nb\n")
    assert [cell.source for cell in read_notebook(marked).cells] == ["a\n\nb"]
    assert [cell.source for cell in read_notebook(plain).cells] == ["a", "b"]


def test_a_marked_script_with_a_broken_cell_is_a_notebook() -> None:
    assert len(parse_notebook(b"# %%\nx = (\n# %%\ny = 1\n", "a.py").cells) == 2


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff# %%\nx = 'é'\n".encode(),
        "# coding: latin-1\n# %%\nx = 'é'\n".encode("latin-1"),
        b"# %%\r\nx = 1\r\n",
        b"x = 1\n\n\ny = 2",
    ],
)
def test_the_content_is_kept_byte_by_byte(content: bytes) -> None:
    notebook = parse_notebook(content, "a.py")
    assert notebook.content == content
    assert notebook.cells[0].source.startswith("x = ")


def test_what_is_no_notebook_is_said_in_one_line(tmp_path: Path) -> None:
    folder = tmp_path / "folder.py"
    folder.mkdir()
    cases = {
        tmp_path / "missing.py": "there is no such file",
        folder: "this is a directory",
        tmp_path / "data.csv": "expected a Python script",
    }
    for name, content, reason in [
        ("binary.py", b"\xff\xfe\x00", "not text that Python can read"),
        ("latin.py", b"\n\n\nx = '\xe9'\n", "line 4: this is not utf-8 text: save it as UTF-8, or begin"),
        ("null.py", b"x = 1\0", "null bytes"),
        ("broken.py", b"x = (\n", "not Python"),
        ("coding.py", b"# coding: nothing\n", "not text that Python can read"),
        ("other.ipynb", b"\xff", "not utf-8 text"),
        ("list.ipynb", b"[]", "not a Jupyter notebook"),
        ("data.ipynb", b'{"a": 1}', "it has no `nbformat`"),
    ]:
        (tmp_path / name).write_bytes(content)
        cases[tmp_path / name] = reason
    for path, reason in cases.items():
        with pytest.raises(NotebookError, match=reason) as caught:
            read_notebook(path)
        assert "\n" not in str(caught.value)
        assert path.name in str(caught.value)
