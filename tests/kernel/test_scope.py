"""What closes when a cell runs again, fails, changes or goes, and when (promise 10, section 8 of design.md)."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
from pathlib import Path

import ipywidgets
import msgspec
import psutil
import pytest
from anywidget import _descriptor
from ipywidgets.widgets.widget import _instances
from notebooks import Conversation, kernel_in

from anyhost.protocol.messages import (
    CellFinished,
    CellLifecycle,
    CellOutput,
    ModelCloseMessage,
    ModelCommand,
    ModelCustomRequest,
    ModelLifecycle,
    ModelOpenMessage,
)

pytestmark = pytest.mark.anyio

MAKER = (
    "import anywidget, gc, ipywidgets, traitlets\n"
    "class Thing(anywidget.AnyWidget):\n    _esm = 'export default {}'\n    value = traitlets.Int(0).tag(sync=True)\n"
)


def life(kernel: Conversation, since: int = 0) -> list[str]:
    """What matters of the order: models that open and close (by when they opened), outputs, ends of runs."""
    known = kernel.model_ids()
    words = []
    for message in kernel.messages[since:]:
        match message:
            case ModelLifecycle(model_id=model_id, message=ModelOpenMessage()) if model_id in known:
                words.append(f"open {known.index(model_id)}")
            case ModelLifecycle(model_id=model_id, message=ModelCloseMessage()) if model_id in known:
                words.append(f"close {known.index(model_id)}")
            case CellLifecycle(cell_id=cell_id, message=CellOutput()):
                words.append(f"output {cell_id}")
            case CellLifecycle(cell_id=cell_id, message=CellFinished(status=status)):
                words.append(f"{status} {cell_id}")
    return words


async def rerun(kernel: Conversation, *cell_ids: str) -> list[str]:
    since = len(kernel.messages)
    await kernel.run_cells(*cell_ids)
    return life(kernel, since)


async def test_the_old_model_closes_when_the_new_output_has_replaced_the_old(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(MAKER, "Thing()")
        await kernel.run_cells(which="all")
        assert await rerun(kernel, "b") == ["open 1", "output b", "ok b", "close 0"]


async def test_what_the_output_shows_stays_until_an_error_has_replaced_it(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(MAKER + "fails = False", "thing = Thing()\nif fails: raise KeyError\nthing")
        await kernel.run_cells(which="all")
        await kernel.edit(MAKER + "fails = True", "thing = Thing()\nif fails: raise KeyError\nthing")
        # The new one is bound to the name.
        assert (await rerun(kernel, "a"))[1:] == ["open 1", "error b", "close 0"]


async def test_a_cell_that_does_not_make_it_any_more_closes_it(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(MAKER, "thing = Thing()\nthing")
        await kernel.run_cells(which="all")
        await kernel.edit(MAKER, "print('none')")
        await kernel.quiet()
        assert "close 0" not in life(kernel)
        assert await rerun(kernel, "b") == ["ok b", "close 0"]


async def test_a_cell_that_goes_takes_its_models_along(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(MAKER, "thing = Thing()\nthing")
        await kernel.run_cells(which="all")
        await kernel.edit(MAKER)
        await kernel.quiet()
        assert life(kernel)[-1] == "close 0"


async def test_a_cell_that_goes_while_it_runs_takes_its_models_along_in_the_end(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(MAKER, "import asyncio\nthing = Thing()\nprint('on')\nawait asyncio.sleep(0.05)\nthing")
        kernel.send_run("a")
        await kernel.until_printed("on")
        since = len(kernel.messages)
        await kernel.edit(MAKER)
        await kernel.idle(since)
        assert life(kernel)[-3:] == ["output b", "ok b", "close 0"]


async def test_the_readers_of_a_name_show_the_new_one_before_the_old_one_closes(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(MAKER + "thing = Thing()", "thing")
        await kernel.run_cells(which="all")
        assert await rerun(kernel, "a") == ["open 1", "ok a", "output b", "ok b", "close 0"]


@pytest.mark.parametrize(
    "keep",
    [
        "kept.append(thing)",
        "kept.append({'in': (thing,)})",
        "kept.append(lambda: thing)",
        "kept.append(ipywidgets.VBox([thing]))",
        "held = Held(); held.thing = thing; kept.append(held)",
        "kept.append(functools.partial(print, thing))",
        "kept.append(thing.send)",
        "set_state(lambda now: [*now, thing])",
    ],
)
async def test_what_can_still_be_reached_stays_open(tmp_path: Path, keep: str) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(
            MAKER + "import anyhost, functools\nkept = []\nget_state, set_state = anyhost.state([])\nclass Held: pass",
            f"def make(thing):\n    {keep}\nmake(Thing())",
        )
        await kernel.run_cells(which="all")
        assert await rerun(kernel, "b") == ["open 1", "ok b"]
        # Nothing holds them after this: they go with the cell's next run.
        closed = [word for word in await rerun(kernel, "a") if "close" in word]
        assert closed == ["close 1", "close 0"] and kernel.errors() == []


async def test_what_another_cell_shows_stays_open_until_it_does_not(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        shows = "from IPython.display import update_display\nupdate_display(Thing(), display_id='there')"
        await kernel.edit(MAKER, "handle = display('here', display_id='there')", shows)
        await kernel.run_cells(which="all")
        await kernel.edit(MAKER, "handle = display('here', display_id='there')", "print('none')")
        assert await rerun(kernel, "c") == ["ok c"]
        assert await rerun(kernel, "b") == ["output b", "ok b", "close 0"]


async def test_what_an_import_has_made_belongs_to_the_session(tmp_path: Path) -> None:
    (tmp_path / "scope_shared.py").write_text(MAKER + "shared = Thing()\ndef make(): return Thing()\n")
    try:
        async with kernel_in(tmp_path) as kernel:
            await kernel.edit("import scope_shared\nscope_shared.make()", "print(scope_shared.shared.value)")
            await kernel.run_cells(which="all")
            assert await rerun(kernel, "a") == ["open 2", "output a", "ok a", "close 1", "ok b"]
            assert await kernel.write(kernel.model_ids()[0], {"value": 1}) == ["b"]
    finally:
        del sys.modules["scope_shared"]


async def test_what_has_closed_and_is_shown_again_opens_under_a_new_id(tmp_path: Path) -> None:
    """The lessons' row 8: a widget that an imported module keeps dies on the second run of its cell."""
    (tmp_path / "scope_cache.py").write_text(
        MAKER + "import functools\n@functools.cache\ndef cached():\n    return Thing(value=4)\n"
    )
    try:
        async with kernel_in(tmp_path) as kernel:
            await kernel.edit("import scope_cache\nscope_cache.cached()")
            await kernel.run_cells(which="all")
            for _ in range(3):
                await kernel.run_cells("a")
            ids = kernel.model_ids()
            shown = kernel.shown()[-1]["application/vnd.jupyter.widget-view+json"]["model_id"]
            closed = {
                m.model_id
                for m in kernel.messages
                if isinstance(m, ModelLifecycle) and m.message == ModelCloseMessage()
            }
            assert shown == ids[-1] not in closed
            kernel.send_write(shown, {"value": 5})
            await kernel.quiet()
            await kernel.edit("import scope_cache\nprint(scope_cache.cached().value)")
            await kernel.run_cells("a")
            assert kernel.printed() == "5\n"
    finally:
        del sys.modules["scope_cache"]


async def test_what_a_callback_has_made_belongs_to_the_owner(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(
            MAKER, "thing = Thing()\nthing.observe(lambda change: display(Thing()), 'value')", "print('c')"
        )
        await kernel.run_cells(which="all")
        kernel.send_write(kernel.model_ids()[0], {"value": 1})
        await kernel.quiet()
        assert life(kernel)[-2:] == ["open 1", "output b"]
        assert await rerun(kernel, "c") == ["ok c"]
        assert await rerun(kernel, "b") == ["open 2", "ok b", "close 1", "close 0"]


async def test_a_widget_of_a_callback_in_an_output_closes_with_the_cell_that_owns_it(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(MAKER, "out = ipywidgets.Output()\nwith out:\n    display(Thing())\nout")
        await kernel.run_cells(which="all")
        assert await rerun(kernel, "b") == ["open 1", "output b", "ok b", "close 0"]


async def test_a_task_of_the_earlier_run_ends_when_the_next_one_begins(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(
            "import asyncio",
            "async def forever():\n    try:\n        await asyncio.sleep(100)\n    finally:\n        print('ended')\n"
            "task = asyncio.create_task(forever())\nawait asyncio.sleep(0)\nprint('begun')",
        )
        await kernel.run_cells(which="all")
        await kernel.run_cells("b")
        await kernel.edit("import asyncio")
        await kernel.until(lambda _message: kernel.printed().count("ended") == 2)
        assert kernel.errors() == []


async def test_a_close_that_fails_is_shown_and_the_others_close(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(
            MAKER + "class Bad(Thing):\n    def close(self):\n        was, _ = self.comm, super().close()\n"
            "        if was is not None: raise ValueError('mine')\n",
            "Thing(), Bad(), Thing()\nprint('made')",
        )
        await kernel.run_cells(which="all")
        assert [word for word in await rerun(kernel, "b") if "close" in word] == ["close 2", "close 1", "close 0"]
        assert [error.value for error in kernel.errors()] == ["mine"]


KINDS = {
    "anywidget": "thing = Thing()\nthing",
    "ipywidgets": "box = ipywidgets.VBox([ipywidgets.IntSlider(), ipywidgets.Text()])\nbox",
    "only displayed": "display(Thing(), ipywidgets.Button())",
    "linked": "a, b = Thing(), Thing()\nlink = ipywidgets.jslink((a, 'value'), (b, 'value'))\n"
    "both = traitlets.link((a, 'value'), (b, 'value'))\na.observe(print, 'value')\na",
    "descriptor": "from anywidget.experimental import dataclass\n@dataclass(esm='export default {}')\nclass Data:\n"
    "    value: int = 0\ndata = Data()\ndata",
    "output": "out = ipywidgets.Output()\nwith out:\n    display(Thing())\n    print(5)\nout",
    "interact": "ipywidgets.interact(lambda x: x, x=5)",
    "matplotlib": "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\nfigure, axes = plt.subplots()",
    "plotly": "import plotly.graph_objects as go\ngo.FigureWidget(data=[{'y': [1, 2]}])",
    "file": "class FromFile(Thing):\n    _esm = path\nFromFile()",
    "error": "thing = Thing()\ndisplay(thing)\nthing.value / 0",
    "task": "import asyncio\ntask = asyncio.create_task(asyncio.sleep(100))",
    "state": "import anyhost\nget, put = anyhost.state(Thing())\nget()",
}


def counts() -> dict[str, int]:
    gc.collect()
    return {
        "instances": len(_instances),
        "descriptors": len(_descriptor._COMMS),
        "threads": threading.active_count(),
        "tasks": len(asyncio.all_tasks()),
        "widgets": sum(isinstance(each, ipywidgets.Widget) for each in gc.get_objects()),
    }


@pytest.mark.parametrize("kind", KINDS)
async def test_many_runs_leave_everything_where_it_was(tmp_path: Path, kind: str) -> None:
    """The lessons' row 32."""
    if kind == "plotly":
        pytest.importorskip("plotly")
    (tmp_path / "thing.js").write_text("export default {}")
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(MAKER + f"from pathlib import Path\npath = Path({str(tmp_path / 'thing.js')!r})", KINDS[kind])
        await kernel.run_cells(which="all")
        for _ in range(2):
            await kernel.run_cells("b")
        before, live = counts(), open_models(kernel)
        for _ in range(7):
            await kernel.run_cells("b")
        await asyncio.sleep(0)
        assert (counts(), open_models(kernel)) == (before, live)
        assert {error.name for error in kernel.errors()} <= {"ZeroDivisionError"}


async def test_a_hundred_runs_of_a_large_widget_leave_the_memory_where_it_was(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(
            MAKER, "thing = Thing()\nthing.add_traits(data=traitlets.Bytes(bytes(1_000_000)).tag(sync=True))\nthing"
        )
        await kernel.run_cells(which="all")
        for _ in range(10):
            await kernel.run_cells("b")
        kernel.messages.clear()
        before = psutil.Process().memory_info().rss
        for _ in range(100):
            await kernel.run_cells("b")
            kernel.messages.clear()
        assert psutil.Process().memory_info().rss - before < 20e6


def open_models(kernel: Conversation) -> int:
    states = [type(m.message) for m in kernel.messages if isinstance(m, ModelLifecycle)]
    return states.count(ModelOpenMessage) - states.count(ModelCloseMessage)


async def test_what_a_cell_observes_of_other_cells_widgets_it_observes_once(tmp_path: Path) -> None:
    """The lessons' row #9532: reruns stacked handlers."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(
            MAKER + "thing = Thing()\nbutton = ipywidgets.Button()\nother = Thing()",
            "thing.observe(lambda change: print('observed'), 'value')\n"
            "thing.on_msg(lambda *_: print('message'))\nbutton.on_click(lambda _: print('clicked'))\n"
            "traitlets.dlink((thing, 'value'), (other, 'value'))",
            "pass",
            "thing.observe(print, 'value')\nthing.unobserve(print, 'value')",
        )
        await kernel.run_cells(which="all")
        for _ in range(3):
            await kernel.run_cells("b", "d")
        kernel.send_write(kernel.model_ids()[0], {"value": 1})
        kernel.channel.send(
            ModelCommand(model_id=kernel.model_ids()[0], message=ModelCustomRequest(content=msgspec.Raw(b"1")))
        )
        await kernel.quiet()
        assert kernel.printed() == "observed\nmessage\n"
        await kernel.edit(MAKER + "thing = Thing()", "1", "button.click()", ids="abx")
        await kernel.run_cells("x")
        assert kernel.printed() == "observed\nmessage\nclicked\n" and kernel.errors() == []


async def test_what_a_cell_observes_ends_with_the_cell(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(MAKER + "thing = Thing()", "thing.observe(lambda change: print('b', change.new), 'value')")
        await kernel.run_cells(which="all")
        for _ in range(3):
            await kernel.run_cells("b")
        kernel.send_write(kernel.model_ids()[0], {"value": 1})
        await kernel.quiet()
        assert kernel.printed() == "b 1\n"
        await kernel.edit(MAKER + "thing = Thing()")
        kernel.send_write(kernel.model_ids()[0], {"value": 2})
        await kernel.quiet()
        assert kernel.printed() == "b 1\n"


async def test_a_widget_keeps_what_the_run_that_made_it_has_registered(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(
            MAKER + "kept = []",
            "thing = Thing()\nbutton = ipywidgets.Button()\nkept += [thing, button]\n"
            "button.on_click(lambda _: print('clicked'))\nthing.observe(lambda _: print('changed'), 'value')",
        )
        await kernel.run_cells(which="all")
        await kernel.run_cells("b")
        await kernel.edit(MAKER + "kept = []", "", "kept[1].click()\nkept[0].value = 5")
        await kernel.run_cells("c")
        assert kernel.printed() == "clicked\nchanged\n" and kernel.errors() == []
