"""The percent format (design.md, section 7)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anyhost.cells.lines import lines_in_strings
from anyhost.cells.percent import has_markers, read_percent
from anyhost.cells.pieces import is_marked

NOTEBOOK = '''\
#!/usr/bin/env python
# ---
# jupyter:
#   jupytext:
#     text_representation: {}
# ---

# %% [markdown]
# # A title
#
# and *text*

# %% First tags=["setup", "hidden"]

import math

x = math.pi
# %%
y = """
# %% not a marker
"""

#%% [md]
r"""
Quoted $x$
"""
'''


def test_markers_start_cells_and_the_header_is_none() -> None:
    notebook = read_percent(NOTEBOOK, "a.py")
    assert [cell.kind for cell in notebook.cells] == ["markdown", "code", "code", "markdown"]
    assert notebook.header.endswith("# ---\n\n")
    assert notebook.cells[0].source == "# A title\n\nand *text*"
    assert notebook.cells[1].source == "import math\n\nx = math.pi"
    assert notebook.cells[1].first_line == 15
    assert (notebook.cells[1].title, notebook.cells[1].metadata) == ("First", {"tags": ["setup", "hidden"]})
    assert notebook.cells[3].source == "Quoted $x$"


def test_a_marker_inside_a_string_starts_no_cell() -> None:
    assert "# %% not a marker" in read_percent(NOTEBOOK, "a.py").cells[2].source


def test_a_commented_cell_magic_is_no_marker() -> None:
    assert read_percent("# %%\nx = 1\n# %%time\n", "a.py").cells[0].source == "x = 1\n# %%time"


def test_markdown_may_be_a_string_literal() -> None:
    notebook = read_percent("# %% [markdown]\n\"\"\"\n# Title\n\n- a\n\"\"\"\n# %% [md]\nr'''$\\alpha$'''\n", "a.py")
    assert [cell.source for cell in notebook.cells] == ["# Title\n\n- a", "$\\alpha$"]


def test_a_broken_cell_leaves_the_others_alone() -> None:
    notebook = read_percent('# %%\nx = (\n# %%\ny = \'it\'s\n# %%\nz = """never closed\n# %%\nw = 1\n', "a.py")
    assert [cell.source for cell in notebook.cells] == ["x = (", "y = 'it's", 'z = """never closed', "w = 1"]


def test_code_before_the_first_marker_is_a_cell() -> None:
    notebook = read_percent('"""About."""\n\n# %%\nx = 1\n', "a.py")
    assert [(cell.kind, cell.source) for cell in notebook.cells] == [("markdown", "About."), ("code", "x = 1")]
    assert notebook.docstring == "About."
    assert read_percent("import os\n# %%\nx = 1\n", "a.py").cells[0].source == "import os"


@pytest.mark.parametrize(
    ("marker", "title", "metadata"),
    [
        ("# %%", "", {}),
        ("# %% Load data", "Load data", {}),
        ('# %% Load {"a": 1}', "Load", {"a": 1}),
        ('# %% a=b c="d e"', "a=b", {"c": "d e"}),
        ("# %% if x == 1", "if x == 1", {}),
        ('# %% [code] tags=["x"]', "", {"tags": ["x"]}),
    ],
)
def test_a_marker_says_title_and_metadata(marker: str, title: str, metadata: dict[str, object]) -> None:
    cell = read_percent(f"{marker}\nx = 1\n", "a.py").cells[0]
    assert (cell.title, cell.metadata) == (title, metadata)


def test_ids_are_the_same_for_the_same_file_and_stay_with_their_cells() -> None:
    before = read_percent("# %%\na = 1\n# %%\nb = 1\n# %%\na = 1\n", "a.py")
    after = read_percent("# %%\nnew\n# %%\na = 1\n# %%\nb = 1\n# %%\na = 1\n", "a.py")
    assert [cell.cell_id for cell in before.cells] == [cell.cell_id for cell in after.cells[1:]]
    assert len({cell.cell_id for cell in after.cells}) == 4


def test_an_id_in_the_metadata_is_kept_and_made_unique() -> None:
    cells = read_percent('# %% id="one"\na\n# %% id="one"\nb\n', "a.py").cells
    assert [cell.cell_id for cell in cells] == ["one", "one-2"]


LINES = st.sampled_from(
    [
        "# %%",
        "# %% [markdown]",
        "#%% t",
        "x = 1",
        '"""',
        "'''",
        "# it's",
        "s = 'a",
        'f("#',
        "",
        "    y",
        "# ---",
        "\x0c",
        "é\u2028",
    ]
)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


@given(st.lists(st.tuples(LINES, ENDS)))
@settings(deadline=None)
def test_reading_splits_without_loss(parts: list[tuple[str, str]]) -> None:
    text = "".join(line + end for line, end in parts)
    assert read_percent(text, "a.py").content == text.encode()
    assert has_markers(text) == any(is_marked(cell.raw) for cell in read_percent(text, "a.py").cells)


@given(st.lists(st.tuples(LINES, ENDS)))
@settings(deadline=None)
def test_the_first_line_of_a_cell_is_where_its_source_begins(parts: list[tuple[str, str]]) -> None:
    text = "".join(line + "\n" for line, _ in parts)
    for cell in read_percent(text, "a.py").cells:
        if cell.kind == "code" and cell.source:
            assert text.split("\n")[cell.first_line - 1] == cell.source.split("\n")[0]


def test_lines_in_strings_agree_with_the_tokenizer() -> None:
    text = 'a = """x\ny # z\n""" + \'\'\'\n\n"""\'\'\'\n# """\nb = "\\"#" # \'\'\'\nc\n'
    assert lines_in_strings(text) == {1, 2, 3, 4}
