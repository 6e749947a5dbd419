"""The notebook of `anyhost demo`: it reads, it runs anywhere, and its cells follow what they read."""

from __future__ import annotations

import ast
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from notebooks import Conversation, kernel_in

from anyhost.cells.graph import Graph
from anyhost.cells.notes import notes_of
from anyhost.cells.reading import read_notebook
from anyhost.demo import NOTEBOOK
from anyhost.protocol.buffers import Buffers
from anyhost.protocol.messages import (
    CellConsole,
    CellLifecycle,
    ModelCommand,
    ModelLifecycle,
    ModelOpenMessage,
    ModelUpdateRequest,
    NotebookInfo,
)

EXTRAS = ["wigglystuff", "drawdata", "plotly", "quak", "pandas", "numpy", "pyarrow", "duckdb"]
"""What `anyhost[demo]` brings, and what that brings."""

others_warn = pytest.mark.filterwarnings("ignore:Passing unrecognized arguments to super:DeprecationWarning")
"""wigglystuff's Matrix passes an argument on that traitlets does not know."""


def test_it_reads_as_percent_cells_each_of_which_is_markdown_or_python() -> None:
    notebook = read_notebook(NOTEBOOK)
    assert notebook.cells[0].kind == "markdown"
    assert "still right after F5" in notebook.cells[0].source
    for cell in notebook.cells:
        if cell.kind == "code":
            ast.parse(cell.source)


def test_the_graph_has_nothing_to_say_about_its_cells() -> None:
    """No name is defined twice, and there is no cycle."""
    cells = [cell for cell in read_notebook(NOTEBOOK).cells if cell.kind == "code"]
    graph = Graph.of({cell.cell_id: cell.source for cell in cells})
    assert notes_of(graph, {cell.cell_id: cell.number for cell in cells}) == {}


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


class Demo:
    """The demo in a kernel, as a page has it: what it writes to a model, and which cells run for it."""

    def __init__(self, kernel: Conversation) -> None:
        self._kernel = kernel

    def models(self, key: str) -> list[tuple[str, dict[str, Any]]]:
        """Those that have this key, with the states that they opened with, in the order of the page."""
        return [
            (message.model_id, message.message.state)
            for message in self._kernel.messages
            if isinstance(message, ModelLifecycle)
            and isinstance(message.message, ModelOpenMessage)
            and key in message.message.state
        ]

    async def write(self, key: str, **state: object) -> list[str]:
        """A page writes to the first model with this key. What the cells that ran for it printed, one text each."""
        (model_id, _state), *_others = self.models(key)
        values = {name: msgspec.Raw(msgspec.json.encode(value)) for name, value in state.items()}
        return await self._send(model_id, ModelUpdateRequest(state=values))

    async def move_stones(self, look: str, *places: float) -> list[str]:
        (model_id,) = [model_id for model_id, state in self.models("look") if look in str(bytes(state["look"]))]
        update = ModelUpdateRequest(state={}, buffer_paths=[["stones"]])
        return await self._send(model_id, update, struct.pack(f"<{len(places)}f", *places))

    async def _send(self, model_id: str, update: ModelUpdateRequest, *buffers: bytes) -> list[str]:
        since = len(self._kernel.messages)
        self._kernel.writes += 1
        command = ModelCommand(
            model_id=model_id, command_id=self._kernel.writes, message=update, buffers=Buffers(map(memoryview, buffers))
        )
        self._kernel.channel.send(command)
        await self._kernel.idle(since)
        assert self._kernel.errors() == []
        printed = dict.fromkeys(self._kernel.ran(since), "")
        for message in self._kernel.messages[since:]:
            if isinstance(message, CellLifecycle) and isinstance(message.message, CellConsole):
                printed[message.cell_id] += message.message.text
        return list(printed.values())


async def running(kernel: Conversation) -> Demo:
    await kernel.run(NOTEBOOK.read_text(encoding="utf-8"))
    assert kernel.errors() == []
    (info,) = [message for message in kernel.messages if isinstance(message, NotebookInfo)]
    assert kernel.ran() == [cell.cell_id for cell in info.cells if cell.kind == "code"]
    return Demo(kernel)


@others_warn
@pytest.mark.anyio
async def test_each_input_runs_just_the_cells_that_read_it(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        demo = await running(kernel)
        seen, pond, curve = await demo.write("wavelength", wavelength=20.0, height=0.5)
        assert seen == "wave.wavelength = 20.0\nwave.height = 0.50\n"
        assert pond.startswith("16 bytes in: stones at (0.28, 0.36), (0.68, 0.62)\n12,288 bytes out, computed in ")
        assert curve == ""
        assert await demo.write("position", position=0.8) == ["80% water, 20% energy\n"]
        assert await demo.write("x_bounds", x=0.0, y=1.0) == ["(0.00, 1.00): 1.00 from the middle, at 90°\n"]
        assert await demo.write("matrix", matrix=[[2.0, 0.0], [0.0, 4.0]]) == ["determinant = 8.00\n"]
        assert await demo.write("addable", value=["drop", "drag"]) == ["drop → drag\n"]
        points = [{"x": 10, "y": 20}, {"x": 30, "y": 60}]
        assert await demo.write("brushsize", data=points) == ["2 points, around (20, 40)\n"]
        sql = 'SELECT * FROM "df" WHERE across < 12'
        assert await demo.write("sql", sql=sql) == [f"768 rows\n{sql}\n"]


@others_warn
@pytest.mark.anyio
@pytest.mark.parametrize("look", ["surface", "energy"])
async def test_moving_a_stone_in_either_pond_moves_it_in_both(tmp_path: Path, look: str) -> None:
    async with kernel_in(tmp_path) as kernel:
        demo = await running(kernel)
        (said,) = await demo.move_stones(look, 0.5, 0.25, 0.75, 0.5)
        assert said.startswith("16 bytes in: stones at (0.50, 0.25), (0.75, 0.50)\n12,288 bytes out, computed in ")


@others_warn
@pytest.mark.anyio
async def test_what_is_selected_in_the_figure_is_a_state(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        demo = await running(kernel)
        await demo.write("wavelength", height=0.25)
        selected = {
            "event_type": "plotly_selected",
            "points": {"trace_indexes": [0, 0], "point_indexes": [0, 1], "xs": [0, 0.5], "ys": [0.25, 0.2]},
            "device_state": None,
            "selector": {"type": "box", "selector_state": {"xrange": [0, 1], "yrange": [0, 1]}},
        }
        said = await demo.write("_js2py_pointsCallback", _js2py_pointsCallback=selected)
        assert said == ["2 dots selected, between 0.20 and 0.25 high\n"]
