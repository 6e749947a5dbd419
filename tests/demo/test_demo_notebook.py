"""The notebook of `anyhost demo`: it reads, it runs anywhere, and Python sees what it says it sees."""

from __future__ import annotations

import ast
import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import ipywidgets
import pytest

from anyhost.cells.reading import read_notebook
from anyhost.demo import NOTEBOOK

EXTRAS = ["wigglystuff", "drawdata", "plotly", "quak", "pandas", "numpy", "pyarrow", "duckdb"]
"""What `anyhost[demo]` brings, and what that brings."""

others_warn = pytest.mark.filterwarnings("ignore:Passing unrecognized arguments to super:DeprecationWarning")
"""wigglystuff's Matrix passes an argument on that traitlets does not know."""

Run = Callable[[], dict[str, Any]]


@pytest.fixture
def run() -> Iterator[Run]:
    """Runs the notebook in this process, for its names; closes its widgets in the end."""
    namespaces: list[dict[str, Any]] = []

    def once() -> dict[str, Any]:
        namespaces.append(runpy.run_path(str(NOTEBOOK), run_name="__main__"))
        return namespaces[-1]

    yield once
    for namespace in namespaces:
        for value in namespace.values():
            if isinstance(value, ipywidgets.Widget):
                value.close()


def without_extras(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(sys.modules):
        if name.partition(".")[0] in EXTRAS:
            monkeypatch.delitem(sys.modules, name)
    for name in EXTRAS:
        monkeypatch.setitem(sys.modules, name, None)  # an import of it fails as if it were not installed


def test_it_reads_as_percent_cells_each_of_which_is_markdown_or_python() -> None:
    notebook = read_notebook(NOTEBOOK)
    assert notebook.cells[0].kind == "markdown"
    assert "still right after F5" in notebook.cells[0].source
    code = [cell for cell in notebook.cells if cell.kind == "code"]
    assert len(code) == 10
    for cell in code:
        ast.parse(cell.source)


def test_no_name_is_defined_by_two_cells() -> None:
    """Or it would not be reactive (design.md section 8)."""
    seen: set[str] = set()
    for cell in read_notebook(NOTEBOOK).cells:
        if cell.kind == "code":
            stored = {
                node.id
                for node in ast.walk(ast.parse(cell.source))
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.col_offset in (0, 4)
            }
            assert not seen & stored
            seen |= stored


@pytest.mark.process
def test_it_runs_as_a_script() -> None:
    done = subprocess.run([sys.executable, str(NOTEBOOK)], capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert "pip install" not in done.stdout


@pytest.mark.process
def test_it_runs_as_a_script_with_nothing_beyond_the_package() -> None:
    """Each part that wants more says in one line how to get it, and leaves no traceback."""
    hide = f"import sys, runpy; sys.modules.update(dict.fromkeys({EXTRAS!r})); runpy.run_path({str(NOTEBOOK)!r})"
    done = subprocess.run([sys.executable, "-c", hide], capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    said = [line for line in done.stdout.splitlines() if line.endswith("pip install 'anyhost[demo]'")]
    assert [line.split()[0] for line in said] == ["wigglystuff"] * 3 + ["drawdata", "plotly", "pandas"]


def test_bending_the_wave_changes_what_python_says_and_the_pond(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    without_extras(monkeypatch)
    notebook = run()
    before = notebook["pond"].field
    notebook["wave"].set_state({"wavelength": 20.0, "height": 0.5})
    assert notebook["wave_seen"].text == "wave.wavelength = 20.0\nwave.height = 0.50"
    assert notebook["pond"].field != before
    assert notebook["energy"].field == notebook["pond"].field


def test_moving_a_stone_in_either_pond_moves_it_in_both(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    without_extras(monkeypatch)
    notebook = run()
    pond, energy = notebook["pond"], notebook["energy"]
    before = pond.field
    energy.positions = [(0.5, 0.25), (0.75, 0.5)]
    assert pond.positions == [(0.5, 0.25), (0.75, 0.5)]
    assert pond.field == energy.field != before
    assert notebook["pond_seen"].text.startswith(
        "16 bytes in: stones at (0.50, 0.25), (0.75, 0.50)\n12,288 bytes out, computed in "
    )


def test_the_divider_says_how_much_shows_of_each(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    without_extras(monkeypatch)
    notebook = run()
    assert notebook["compare_seen"].text == "50% water, 50% energy"
    notebook["compare"].set_state({"position": 0.8})
    assert notebook["compare_seen"].text == "80% water, 20% energy"


@others_warn
def test_python_sees_the_published_widgets(run: Run) -> None:
    notebook = run()
    notebook["slider"].set_state({"x": 0.0, "y": 1.0})
    assert notebook["slider_seen"].text == "(0.00, 1.00): 1.00 from the middle, at 90°"
    notebook["matrix"].set_state({"matrix": [[2.0, 0.0], [0.0, 4.0]]})
    assert notebook["matrix_seen"].text == "determinant = 8.00"
    notebook["order"].set_state({"value": ["drop", "drag"]})
    assert notebook["order_seen"].text == "drop → drag"
    assert notebook["scatter_seen"].text == "0 points"
    notebook["scatter"].set_state({"data": [{"x": 10, "y": 20}, {"x": 30, "y": 60}]})
    assert notebook["scatter_seen"].text == "2 points, around (20, 40)"
    notebook["table"].set_state({"sql": 'SELECT * FROM "df" WHERE across < 12'})
    assert notebook["table_seen"].text == '768 rows\nSELECT * FROM "df" WHERE across < 12'


@others_warn
def test_plotly_follows_the_wave_and_tells_what_is_selected(run: Run) -> None:
    notebook = run()
    notebook["wave"].height = 0.25
    assert max(notebook["curve"].y) == 0.25
    notebook["figure"].set_state(
        {
            "_js2py_pointsCallback": {
                "event_type": "plotly_selected",
                "points": {
                    "trace_indexes": [0, 0],
                    "point_indexes": [0, 1],
                    "xs": [0, 0.5],
                    "ys": [0.25, 0.2],
                },
                "device_state": None,
                "selector": {"type": "box", "selector_state": {"xrange": [0, 1], "yrange": [0, 1]}},
            }
        }
    )
    assert notebook["figure_seen"].text == "2 dots selected, between 0.20 and 0.25 high"
