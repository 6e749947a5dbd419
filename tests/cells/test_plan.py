"""What runs, and in which order, as data (design.md, section 8)."""

from __future__ import annotations

import pytest
from notebooks_as_text import graph_of, sources_of

from anyhost.cells.graph import Graph
from anyhost.cells.plan import runs, stale_after

DIAMOND = ["a = 1", "b = a", "c = a", "d = b + c", "other = 1"]


@pytest.mark.parametrize(
    ("cells", "ran", "expected"),
    [
        (DIAMOND, ["1"], ["1", "2", "3", "4"]),
        (DIAMOND, ["3"], ["3", "4"]),
        (DIAMOND, ["5", "2"], ["2", "4", "5"]),
        (DIAMOND, ["gone"], []),
        (["y = x", "x = 1", "y"], ["2"], ["2", "1", "3"]),
        (["df = 1", "df = 2", "df"], ["1"], ["1"]),
        (["import m", "m.a", "import m", "m.b"], ["3"], ["3"]),
        (["import m", "m.a", "import m", "m.b"], ["1"], ["1", "2", "4"]),
        (["x = y", "y = x", "x"], ["1"], ["1", "2", "3"]),
    ],
)
def test_running_cells_runs_what_depends_on_them(cells: list[str], ran: list[str], expected: list[str]) -> None:
    assert list(runs(graph_of(*cells), ran)) == expected


@pytest.mark.parametrize(
    ("cells", "changed", "expected"),
    [
        (DIAMOND, ["3"], ["3", "4"]),
        (["import m; m.a + s.value", "m.b", "m.c"], ["1"], ["1"]),
        (["import m; x = m.a + s.value", "m.b", "m.c + x"], ["1"], ["1", "3"]),
        (["import m; x = s.value", "def f(): return m.a", "f()", "f() + x"], ["1"], ["1", "4"]),
        (["x = s.value", "import m; y = x", "m.a", "y"], ["1"], ["1", "2", "4"]),
    ],
)
def test_who_only_takes_imports_from_a_cell_does_not_run_for_what_that_reads(
    cells: list[str], changed: list[str], expected: list[str]
) -> None:
    assert list(runs(graph_of(*cells), [], changed=changed)) == expected


@pytest.mark.parametrize(
    ("before", "after", "stale"),
    [
        (DIAMOND, DIAMOND, set()),
        (DIAMOND, {"2": "b = 3"}, {"2", "4"}),
        (DIAMOND, {"6": "new = a"}, {"6"}),
        (DIAMOND, {"6": ""}, set()),
        (["x = 1", ""], {"1": "", "2": "y = 1"}, {"1", "2"}),
        (DIAMOND, {"6": "a = 2"}, {"6"}),  # the others read the one above, as before
        (DIAMOND, {"1": None}, {"2", "3", "4"}),
        (DIAMOND, {"5": None}, set()),
        (["df = 1", "df = 2", "df"], {"2": None}, {"3"}),
        (["x = y", "y = x", "x"], {"2": "y = 1"}, {"1", "2", "3"}),
        (["x = y", "y = 1", "x"], {"2": "y = x"}, {"1", "2", "3"}),
        # Now a circle that functions close: as a script, cell 2 fails.
        (["def f(): return z", "x = f()", "z = 1"], {"3": "z = x"}, {"1", "2", "3"}),
    ],
)
def test_an_edit_makes_stale_what_it_changes_for(
    before: list[str], after: dict[str, str | None] | list[str], stale: set[str]
) -> None:
    sources = sources_of(*before)
    changed = sources | after if isinstance(after, dict) else sources_of(*after)
    now = {cell: source for cell, source in changed.items() if source is not None}
    assert stale_after(Graph.of(sources), Graph.of(now)) == stale


def test_a_move_makes_stale_only_what_then_reads_another_cell() -> None:
    cells = sources_of("df = 1", "df = 2", "df", "x = 1", "x")
    before = Graph.of(cells)
    assert stale_after(before, Graph.of({cell: cells[cell] for cell in "12345"})) == set()
    assert stale_after(before, Graph.of({cell: cells[cell] for cell in "12354"})) == set()
    assert stale_after(before, Graph.of({cell: cells[cell] for cell in "13245"})) == {"3"}
    assert stale_after(before, Graph.of({cell: cells[cell] for cell in "21345"})) == {"3"}
