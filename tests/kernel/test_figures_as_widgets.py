"""`%matplotlib widget`: ipympl's figures, from Python's side. What a page does with them is in `tests/browser`."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from classic_page import Page
from notebooks import Conversation, kernel_in

from anyhost.kernel.references import VIEW_MIMETYPE

pytest.importorskip("ipympl")

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.filterwarnings("ignore:Passing unrecognized arguments to super.Toolbar:DeprecationWarning"),  # ipympl's
]

FIGURE = "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1, 2]);"
COUNT = (
    "import gc\nfrom ipympl.backend_nbagg import Canvas\nfrom matplotlib import pyplot\n"
    "def count():\n    gc.collect()\n    return sum(type(each) is Canvas for each in gc.get_objects())\n"
    "print(pyplot.get_fignums() == [globals()['fig'].number], count())"
)


@asynccontextmanager
async def figures_in(folder: Path, *cells: str) -> AsyncIterator[Conversation]:
    """A kernel whose notebook begins with the magic. The backend is the whole process's: it is put back."""
    async with kernel_in(folder) as kernel:
        await kernel.edit("%matplotlib widget", *cells)
        try:
            yield kernel
        finally:
            await kernel.edit("%matplotlib inline")
            await kernel.run_cells("a")


async def test_a_figure_is_a_widget_and_answers(tmp_path: Path) -> None:
    """Shown once, at the end of its cell; what it is asked it draws, as bytes."""
    async with figures_in(tmp_path, FIGURE) as kernel:
        await kernel.run_cells(which="all")
        page = Page(kernel)
        canvas = page.model("MPLCanvasModel")
        (shown,) = kernel.shown()
        assert shown[VIEW_MIMETYPE]["model_id"] == canvas and kernel.errors() == []
        for question in ("send_image_mode", "set_dpi_ratio", "initialized", "refresh", "draw"):
            ack = await page.say(canvas, {"type": question, "dpi_ratio": 1})
            assert (ack.status, ack.error) == ("accepted", None)
        since = len(kernel.messages)
        ax_at = {"x": 300, "y": 200, "button": 0, "buttons": 0, "step": 0, "modifiers": [], "guiEvent": {}}
        await page.say(canvas, {"type": "motion_notify", **ax_at})
        assert page.updates(canvas, since)[-1]["_message"].startswith("(x, y) = ")
        (picture,) = page.binaries(canvas)
        assert picture.startswith(b"\x89PNG")


async def test_its_earlier_runs_leave_nothing(tmp_path: Path) -> None:
    """Promise 10: neither models, nor figures that pyplot keeps; and the newest is the current one."""
    async with figures_in(tmp_path, FIGURE, COUNT) as kernel:
        await kernel.run_cells(which="all")
        live = Page(kernel).live()
        for _ in range(5):
            await kernel.run_cells("b")
        await kernel.run_cells("c")
        assert kernel.errors() == [] and kernel.printed() == "True 1\n" * 2
        assert len(Page(kernel).live()) == len(live) == 4


async def test_a_figure_with_a_number_is_made_anew(tmp_path: Path) -> None:
    """In Jupyter the second run draws into the figure that its own output has just lost."""
    async with figures_in(tmp_path, "import matplotlib.pyplot as plt\nplt.figure(3).gca().plot([1]);") as kernel:
        await kernel.run_cells(which="all")
        await kernel.run_cells("b")
        first, second = (shown[VIEW_MIMETYPE]["model_id"] for shown in kernel.shown())
        assert first != second and second in Page(kernel).live()


async def test_a_figure_follows_a_control(tmp_path: Path) -> None:
    """What an observer draws is asked for by the page, which is told that there is something."""
    draw = "def draw(change):\n    ax.set_title(change['new'])\n    fig.canvas.draw_idle()\nt.observe(draw, 'value')"
    async with figures_in(tmp_path, f"import ipywidgets as w\nt = w.Text()\n{FIGURE}", draw) as kernel:
        await kernel.run_cells(which="all")
        page = Page(kernel)
        canvas, before = page.model("MPLCanvasModel"), len(kernel.messages)
        assert (await page.write(page.model("TextModel"), {"value": "new"})).error is None
        assert kernel.ran(before) == []
        assert page.said(canvas)[-1] == {"data": '{"type": "draw"}'}


async def test_animations_move(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their timers need a loop, which in Jupyter is tornado's: here it need not even be installed."""
    monkeypatch.setitem(sys.modules, "tornado", None)
    animate = (
        "import asyncio\nticks = []\ntimer = fig.canvas.new_timer(interval=5)\n"
        "timer.add_callback(lambda: ticks.append(len(ticks)))\ntimer.start()\n"
        "while len(ticks) < 3:\n    await asyncio.sleep(0.01)\nprint('moved')"
    )
    async with figures_in(tmp_path, FIGURE, animate) as kernel:
        await kernel.run_cells(which="all")
        assert kernel.printed() == "moved\n" and kernel.errors() == []
