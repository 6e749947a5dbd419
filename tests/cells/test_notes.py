"""What cells say of themselves: as a person reads it (design.md, section 8; promise 9)."""

from __future__ import annotations

from notebooks_as_text import graph_of, numbers_of

from anyhost.cells.notes import cycle_errors, notes_of


def notes(*cells: str) -> dict[str, list[str]]:
    graph = graph_of(*cells)
    return notes_of(graph, numbers_of(graph))


def test_a_notebook_in_order_has_nothing_to_say() -> None:
    assert notes("import m\nx = 1", "import m\ny = x", "[q for q in y]") == {}


def test_cells_that_share_a_name_say_so_and_what_to_do() -> None:
    found = notes("df = 1\nfig = 2", "df = df + 1\nfig = 3", "df", "def draw(): return fig")
    assert found["1"] == [
        "`df` and `fig` are also defined in cell 2, so no cell runs again when they change. Give them another name "
        "here, or one that begins with _ (`_df`) if only this cell uses them."
    ]
    assert found["2"][0].startswith("`df` and `fig` are also defined in cell 1, so")
    assert found["3"] == [
        "`df` is defined in cells 1 and 2, so this cell does not run again when it changes: give each its own name."
    ]


def test_a_name_that_each_cell_defines_for_itself_is_not_worth_a_word() -> None:
    loops = ("for i in range(3):\n    print(i)", "with open('x') as f:\n    f.read()")
    assert notes(*loops, *loops) == {}
    assert notes(*loops, *loops, "i").keys() == {"1", "3", "5"}


def test_a_cycle_is_an_error_that_names_its_cells() -> None:
    graph = graph_of("a = c", "b = a", "c = b", "x = 1")
    errors = cycle_errors(graph, numbers_of(graph))
    assert set(errors) == {"1", "2", "3"}
    assert errors["1"] == (
        "Cells 1, 2 and 3 depend on each other, so none of them can run: cell 1 reads `c` of cell 3, cell 2 reads `a` "
        "of cell 1, cell 3 reads `b` of cell 2. Move what they share into a cell of its own."
    )
    assert notes("a = b", "b = a")["1"][0].startswith("Cells 1 and 2 depend on each other")


def test_what_nobody_knows_is_said() -> None:
    assert notes("from math import *")["1"] == [
        "`from math import *` does not say which names it defines: cells that use them do not follow this one. "
        "Import them by name."
    ]
    assert "`%run a.py`" in notes("%run a.py")["1"][0]


def test_what_does_not_parse_is_said() -> None:
    assert notes("x = 1\ny = (")["1"] == [
        "This is not Python (line 2): '(' was never closed. Other cells do not follow it until it is."
    ]


def test_a_name_from_below_is_said_to_fail_in_a_script() -> None:
    found = notes("def f(): return x", "x + 1", "f()", "x = 1")
    assert found == {
        "2": [
            "`x` is defined below, in cell 4, which therefore runs first. As a script the file fails here: move this "
            "cell down."
        ]
    }
