"""What runs for a widget runs for the cell that made it: callbacks, tasks, threads (section 8 of design.md)."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from notebooks import Conversation, kernel_in

from anyhost.protocol.messages import CellConsole, CellError, CellLifecycle, ModelAck, ModelCloseMessage, ModelLifecycle

pytestmark = pytest.mark.anyio

MAKER = (
    "import anywidget, asyncio, threading, traitlets\n"
    "class Thing(anywidget.AnyWidget):\n    _esm = 'export default {}'\n    value = traitlets.Int(0).tag(sync=True)\n"
)

WAYS = {
    "callback": "on = make",
    "thread": "def on(value):\n    thread = threading.Thread(target=make, args=[value])\n"
    "    thread.start()\n    thread.join()",
    "task": "async def later(value): make(value)\ndef on(value): asyncio.get_running_loop().create_task(later(value))",
    "executor": "from concurrent.futures import ThreadPoolExecutor\n"
    "def on(value):\n    with ThreadPoolExecutor(1) as executor:\n        executor.submit(make, value).result()",
}


def at(kernel: Conversation, kind: type[CellConsole | CellError]) -> list[tuple[str, bool]]:
    """The cells at which something of this kind was said, and whether as from a callback."""
    return [
        (message.cell_id, message.message.callback)
        for message in kernel.messages
        if isinstance(message, CellLifecycle) and isinstance(message.message, kind)
    ]


@pytest.mark.parametrize("way", WAYS)
async def test_what_a_callback_prints_raises_and_makes_belongs_to_the_owner(tmp_path: Path, way: str) -> None:
    """The lessons' rows 6 and 7."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(
            MAKER + "made = []\ndef make(value):\n    print('made', value)\n    thing = Thing()\n"
            "    thing._esm = 'export default { two: 2 }'\n    display(thing)\n",
            f"{WAYS[way]}\nowner = Thing()\nowner.observe(lambda change: on(change.new), 'value')\nowner",
            "print('c')",
        )
        await kernel.run_cells(which="all")
        kernel.send_write(kernel.model_ids()[0], {"value": 4})
        await kernel.until_printed("made 4\n")
        await kernel.quiet()
        assert at(kernel, CellConsole)[-1] == ("b", True)
        made = kernel.model_ids()[1]
        assert kernel.shown(1)[-1]["application/vnd.jupyter.widget-view+json"]["model_id"] == made
        since = len(kernel.messages)
        await kernel.run_cells("b")
        closed = [
            m.model_id
            for m in kernel.messages[since:]
            if isinstance(m, ModelLifecycle) and m.message == ModelCloseMessage()
        ]
        assert made in closed and kernel.errors() == []


async def test_what_a_callback_raises_is_shown_at_the_cell_before_the_write_is_answered(tmp_path: Path) -> None:
    """So a page that is told of an error knows whether its cell shows it, and need not say it twice."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(
            MAKER + "def no(change): raise ValueError('no')\nt = Thing()\nt.observe(no, 'value')\nt.on_msg(no)\nt"
        )
        await kernel.run_cells(which="all")
        kernel.send_write(kernel.model_ids()[0], {"value": 4})
        await kernel.until(lambda message: isinstance(message, ModelAck))
        await kernel.quiet()
        said = [type(getattr(each, "message", each)) for each in kernel.messages]
        assert [each for each in said if each in (CellError, ModelAck)] == [CellError, ModelAck]


async def test_what_a_task_of_a_callback_raises_is_shown_at_the_owner(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(
            MAKER + "async def fail():\n    await asyncio.sleep(0)\n    raise KeyError('late')",
            "owner = Thing()\nowner.observe(lambda change: asyncio.create_task(fail()), 'value')",
            "print('c')",
        )
        await kernel.run_cells(which="all")
        kernel.send_write(kernel.model_ids()[0], {"value": 4})
        await kernel.until(lambda _message: kernel.errors())
        assert at(kernel, CellError) == [("b", True)]


async def test_a_widget_of_a_module_belongs_to_whoever_calls(tmp_path: Path) -> None:
    (tmp_path / "owner_module.py").write_text(MAKER + "def make(): return Thing()\n")
    try:
        async with kernel_in(tmp_path) as kernel:
            await kernel.edit("import owner_module", "thing = owner_module.make()\nthing.observe(print, 'value')")
            await kernel.run_cells(which="all")
            kernel.send_write(kernel.model_ids()[0], {"value": 4})
            await kernel.quiet()
            assert at(kernel, CellConsole) == [("b", True)]
    finally:
        del sys.modules["owner_module"]


async def test_a_widget_whose_cell_is_gone_shows_what_it_has_to_say_elsewhere(tmp_path: Path) -> None:
    """Promise 9: it was kept in another cell's list."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(
            MAKER + "kept = []", "thing = Thing()\nthing.observe(print, 'value')\nkept.append(thing)", "print('c')"
        )
        await kernel.run_cells(which="all")
        await kernel.edit(MAKER + "kept = []", "print('c')", ids="ac")
        kernel.send_write(kernel.model_ids()[0], {"value": 4})
        await kernel.quiet()
        assert at(kernel, CellConsole)[-1] == ("c", True)
