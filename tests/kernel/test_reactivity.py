"""Cells follow what they read (section 8 of design.md): which run, in which order, how often."""

from __future__ import annotations

from pathlib import Path

import pytest
from notebooks import Conversation, kernel_in

from anyhost.protocol.messages import (
    CellFinished,
    CellLifecycle,
    CellNotes,
    CellQueued,
    CellStale,
    KernelStatus,
    ModelAck,
)

pytestmark = pytest.mark.anyio

SLIDER = (
    "import anywidget, ipywidgets, traitlets\n"
    "class Slider(anywidget.AnyWidget):\n    _esm = 'export default {}'\n"
    "    value = traitlets.Int(0).tag(sync=True)\n    step = traitlets.Int(1).tag(sync=True)\n"
    "    _hidden = traitlets.Int(0).tag(sync=True)\n    local = traitlets.Int(0)\n"
    "    def doubled(self):\n        return self.value * 2\n"
    "s = Slider()\n"
)


async def edited(kernel: Conversation, *cells: str) -> str:
    """A notebook whose first cell makes the slider `s`, run once; the slider's model."""
    await kernel.edit(SLIDER, *cells)
    await kernel.run_cells(which="all")
    assert kernel.errors() == []
    return kernel.model_ids()[0]


# ---- running cells


async def test_a_cell_runs_with_what_depends_on_it_in_order(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit("print(c)", "a = 1", "b = a + 1", "c = b + 1", "print('alone')")
        assert await kernel.run_cells("b") == ["b", "c", "d", "a"]
        assert await kernel.run_cells("c", "e") == ["c", "d", "a", "e"]
        assert kernel.printed() == "3\n3\nalone\n"


async def test_what_was_edited_is_stale_with_what_depends_on_it_until_it_has_run(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit("a = 1", "b = a", "print(5)")
        assert await kernel.run_cells(which="all") == ["a", "b", "c"]
        since = len(kernel.messages)
        await kernel.edit("a = 2", "b = a", "print(5)")
        await kernel.quiet()
        assert marks(kernel, since) == {"a": True, "b": True}
        assert await kernel.run_cells(which="stale") == ["a", "b"]
        assert marks(kernel, since) == {"a": False, "b": False}


async def test_a_cell_that_only_moved_is_not_stale(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit("a = 1", "print(a)")
        await kernel.run_cells(which="all")
        since = len(kernel.messages)
        await kernel.edit("# new", "a = 1", "print(a)", ids="xab")
        await kernel.quiet()
        assert marks(kernel, since) == {"x": True}


async def test_a_deleted_cell_takes_its_names_along_and_leaves_its_readers_stale(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit("x = 1", "print(x)", "print('x' in globals())")
        await kernel.run_cells(which="all")
        since = len(kernel.messages)
        await kernel.edit("print(x)", "print('x' in globals())", ids="bc")
        await kernel.quiet()
        assert marks(kernel, since) == {"b": True}
        assert await kernel.run_cells("b", "c") == ["b", "c"]
        assert kernel.printed() == "1\nTrue\nFalse\n"
        assert [(error.name, error.line) for error in kernel.errors()] == [("NameError", 1)]


async def test_a_name_that_a_cell_no_longer_defines_is_gone(tmp_path: Path) -> None:
    """A run begins as from the top: what it shows must follow from what is written."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit("x = 1", "print(x)")
        await kernel.run_cells(which="all")
        await kernel.edit("y = 1", "print(x)")
        assert await kernel.run_cells(which="stale") == ["a", "b"]
        assert [error.name for error in kernel.errors()] == ["NameError"]


async def test_names_that_two_cells_define_run_top_to_bottom_and_say_so(tmp_path: Path) -> None:
    """Existing notebooks are full of `df` and `fig`."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit("df = [1]", "df = df + [2]", "print(df)")
        assert await kernel.run_cells(which="all") == ["a", "b", "c"]
        assert kernel.printed() == "[1, 2]\n"
        assert await kernel.run_cells("a") == ["a"]
        assert await kernel.run_cells("c") == ["c"]
        assert kernel.printed() == "[1, 2]\n[1]\n"
        assert all("`df`" in notes.notes[0] for notes in kernel.of(CellNotes)) and len(kernel.of(CellNotes)) == 3


async def test_a_notebook_file_with_names_defined_twice_runs_top_to_bottom_without_a_word(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run("df = [1]\n\nprint(df)\n\ndf = df + [2]\n\nprint(df)\n")
        assert kernel.printed() == "[1]\n[1, 2]\n"
        assert kernel.of(CellNotes) + kernel.of(CellStale) == []


async def test_cells_that_depend_on_each_other_say_so(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit("a = b", "b = a", "print(1)")
        await kernel.run_cells(which="all")
        assert [(error.name, error.traceback) for error in kernel.errors()] == [("CycleError", [])] * 2  # said once
        assert kernel.endings() == ["error", "error", "ok"]


async def test_an_interrupt_leaves_the_rest_cancelled_and_stale(tmp_path: Path) -> None:
    async with kernel_in(tmp_path, interruptible=True) as kernel:
        await kernel.edit("a = 1", "import asyncio\nprint('on')\nawait asyncio.sleep(30 * a)", "print(a)", "print(5)")
        kernel.send_run("a", "d")
        await kernel.until_printed("on")
        since = len(kernel.messages)
        kernel.interrupt()
        await kernel.idle(since)
        assert [finished.status for finished in kernel.of(CellFinished)] == [
            "ok",
            "interrupted",
            "cancelled",
            "cancelled",
        ]
        assert [error.name for error in kernel.errors()] == ["KeyboardInterrupt"]
        assert [kernel.last_mark(cell) for cell in "abcd"] == [False, True, True, True]


async def test_the_line_of_an_error_is_that_of_its_cell(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit("def f():\n    return 1 / 0\n", "\nf()")
        await kernel.run_cells(which="all")
        await kernel.edit("1", "2", "def f():\n    return 1 / 0\n", "\nf()", ids="xyab")
        await kernel.run_cells("b")
        first, second = kernel.errors()
        assert (first.line, second.line) == (2, 2)
        assert "notebook.py, cell 1" in "\n".join(second.traceback)  # where `f` was when it ran
        assert "notebook.py, cell 4" in "\n".join(second.traceback)


# ---- traits


async def test_a_write_runs_the_cells_that_read_that_trait(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        model = await edited(kernel, "print(s.value)", "print(s.step)", "print(s.doubled())", "s", "display(s)")
        assert await kernel.write(model, {"value": 3}) == ["b", "d"]
        assert await kernel.write(model, {"step": 3}) == ["c", "d"]
        assert kernel.printed() == "0\n1\n0\n3\n6\n3\n6\n"


async def test_the_answer_goes_out_before_anything_runs(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        model = await edited(kernel, "print(s.value)")
        since = len(kernel.messages)
        await kernel.write(model, {"value": 3})
        assert isinstance(kernel.messages[since], ModelAck)


async def test_a_value_equal_to_the_one_before_runs_nothing(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        model = await edited(kernel, "print(s.value)")
        kernel.send_write(model, {"value": 0})
        kernel.send_write(model, {"unknown": 0})
        kernel.send_write(model, {"value": "no number"})
        await kernel.quiet()
        assert kernel.ran() == ["a", "b"]


async def test_several_keys_are_one_run(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        model = await edited(kernel, "print(s.value, s.step)")
        assert await kernel.write(model, {"value": 3, "step": 4}) == ["b"]


async def test_a_private_trait_is_read_by_its_name_only(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        model = await edited(kernel, "print(s._hidden)", "print(s.doubled())")
        assert await kernel.write(model, {"_hidden": 3}) == ["b"]


async def test_a_run_takes_what_depends_on_it_along(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        model = await edited(kernel, "x = s.value", "print(x)", "print('other')")
        assert await kernel.write(model, {"value": 3}) == ["b", "c"]


async def test_who_only_takes_imports_from_a_reader_does_not_run_along(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        model = await edited(kernel, "import math\nprint(math.sqrt(s.value))", "print(math.pi)")
        assert await kernel.write(model, {"value": 4}) == ["b"]
        assert await kernel.run_cells("b") == ["b", "c"], "it may have been edited to import something else"


async def test_the_cell_that_made_the_widget_does_not_run_for_it(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(
            SLIDER + "print(s.value)\nitems = []",
            "print(s.value)",
            "items.append(Slider())\nprint(items[0].value)",
            "items[0].value",
        )
        await kernel.run_cells(which="all")
        first, second = kernel.model_ids()
        assert await kernel.write(first, {"value": 3}) == ["b"]
        assert await kernel.write(second, {"value": 3}) == ["d"]


async def test_widgets_in_lists_dicts_children_and_objects_count(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        model = await edited(
            kernel,
            "items = [s]\nnamed = {'s': s}\nbox = ipywidgets.VBox([s])\nclass Held: pass\nheld = Held()\nheld.s = s",
            "print(items[0].value)",
            "print(named['s'].value)",
            "print([each.value for each in items])",
            "print(box.children[0].value)",
            "print(held.s.value)",
            "print(items[0].step)",
        )
        assert await kernel.write(model, {"value": 3}) == ["c", "d", "e", "f", "g"]


async def test_what_is_given_to_another_widget_is_shown_by_it(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        model = await edited(
            kernel,
            "class Frame(anywidget.AnyWidget):\n    _esm = ''\n    child = traitlets.Any().tag(sync=True)\n"
            "class Sum:\n    def __init__(self, one): self.text = f'{one.value} in all'\n"
            "import types\nmodule = types.SimpleNamespace(Frame=Frame)",
            "Frame(child=s)",
            "frame = module.Frame(child=[s, s])",
            "print(Sum(s).text)",
            "Frame(child=s.value)",
            "print(frame.child[0].value)",
        )
        assert await kernel.write(model, {"value": 3}) == ["e", "f", "g"]


async def test_another_widget_of_the_class_does_not_count(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await edited(kernel, "t = Slider()", "print(s.value)", "print(t.value)")
        assert await kernel.write(kernel.model_ids()[1], {"value": 3}) == ["d"]


async def test_descriptor_objects_count(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(
            "from anywidget.experimental import dataclass\n@dataclass(esm='export default {}')\n"
            "class Thing:\n    value: int = 0\n    other: int = 0\nthing = Thing()\nthing",
            "print(thing.value)",
            "print(thing.other)",
        )
        await kernel.run_cells(which="all")
        assert await kernel.write(kernel.model_ids()[0], {"value": 3}) == ["b"]
        assert kernel.printed() == "0\n0\n3\n"


async def test_a_change_that_a_callback_makes_counts(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        model = await edited(
            kernel,
            "t = Slider()\ns.observe(lambda change: t.set_trait('value', change.new), 'value')",
            "print(t.value)",
        )
        assert await kernel.write(model, {"value": 3}) == ["c"]


async def test_a_change_in_a_task_or_a_thread_counts(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await edited(
            kernel,
            "import asyncio, threading\ngo = asyncio.Event()\n"
            "async def later():\n    await go.wait()\n    s.value = 1\n"
            "task = asyncio.create_task(later())",
            "print(s.value)",
            "t = Slider()\ndef inside():\n    t.value = 5\n"
            "def start():\n    thread = threading.Thread(target=inside)\n    thread.start()\n    thread.join()",
            "print(t.value)",
            "go.set()",
        )
        await kernel.until_printed("1\n")
        since = len(kernel.messages)
        await kernel.edit(SLIDER, *["pass"] * 4, "print(t.value)", "pass")
        await kernel.quiet()
        assert kernel.ran(since) == []


async def test_held_changes_are_one_run(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        model = await edited(
            kernel,
            "t = Slider()\ndef change(_change):\n    with t.hold_sync():\n        t.value = 3\n        t.step = 4\n"
            "    with t.hold_trait_notifications():\n        t.value = 5\n        t.step = 6\n"
            "s.observe(change, 'value')",
            "print(t.value, t.step)",
        )
        assert await kernel.write(model, {"value": 1}) == ["c"]
        assert kernel.printed() == "0 1\n5 6\n"


async def test_a_trait_that_is_not_synced_does_not_count(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        model = await edited(
            kernel,
            "t = Slider()\ns.observe(lambda change: t.set_trait('local', change.new), 'value')",
            "print(t.local)",
        )
        kernel.send_write(model, {"value": 3})
        await kernel.quiet()
        assert kernel.ran() == ["a", "b", "c"]
        # To read it is to read the whole widget.
        assert await kernel.write(kernel.model_ids()[1], {"value": 3}) == ["c"]


async def test_a_list_that_was_changed_in_place_and_sent_counts(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        model = await edited(
            kernel,
            "class Items(anywidget.AnyWidget):\n    _esm = ''\n    items = traitlets.List().tag(sync=True)\n"
            "t = Items()\n"
            "s.observe(lambda change: (t.items.append(1), t.send_state('items')), 'value')",
            "print(t.items)",
        )
        assert await kernel.write(model, {"value": 3}) == ["c"]
        assert kernel.printed() == "[]\n[1]\n"


async def test_cells_that_print_into_one_output_do_not_run_for_each_other(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        model = await edited(
            kernel,
            "out = ipywidgets.Output()",
            "out.clear_output()\nwith out:\n    print(s.value)",
            "with out:\n    print('second', s.value)",
            "def say(where, what):\n    with where:\n        print(what)",
            "say(out, s.value)",
            "say(out, s.value + 1)",
        )
        assert await kernel.write(model, {"value": 3}) == ["c", "d", "f", "g"]


# ---- a cell's own writes


async def test_a_cells_own_write_runs_the_other_readers(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await edited(kernel, "print('b', s.value)", "print('c', s.value)\ns.value = 7")
        assert kernel.ran() == ["a", "b", "c", "b"]
        assert kernel.printed() == "b 0\nc 0\nb 7\n"


async def test_a_reader_that_still_waits_runs_once(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await edited(kernel, "s.value = 7", "print(s.value)")
        assert kernel.ran() == ["a", "b", "c"] and kernel.printed() == "7\n"


async def test_a_cells_own_write_never_runs_what_it_depends_on(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await edited(kernel, "x = s.value", "s.value = x + 1")
        assert kernel.ran() == ["a", "b", "c"]


async def test_cells_that_write_what_the_other_reads_are_stopped_after_ten_rounds(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(
            SLIDER + "t = Slider()",
            "t.value = s.value + 1",
            "s.value = t.value + 1",
        )
        ran = await kernel.run_cells(which="all")
        (error,) = kernel.errors()
        assert error.name == "ReactiveLoopError" and "10 rounds" in error.value and "value" in error.value
        assert len(ran) == 3 + 10
        since = len(kernel.messages)
        # A client begins anew.
        assert len(await kernel.write(kernel.model_ids()[0], {"value": -100})) == 11
        assert len(kernel.errors()) == 2 and kernel.endings()[-1] == "error"
        assert kernel.messages[since:].count(KernelStatus(status="idle")) == 1


async def test_rounds_that_come_to_an_end_are_no_error(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await edited(kernel, "t = Slider()", "t.value = min(s.value, 2)", "s.value = t.value + 1")
        assert kernel.errors() == [] and kernel.ran()[-1] in "cd"


# ---- drags


async def test_a_drag_on_a_slow_cell_has_one_run_behind_the_one_that_runs(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        model = await edited(kernel, "import time\nseen = s.value\ntime.sleep(0.05)", "print(seen)")
        since = len(kernel.messages)
        for value in range(1, 40):
            kernel.send_write(model, {"value": value})
        await kernel.idle(since)
        assert len(kernel.ran(since)) <= 2 * 2
        assert kernel.printed().endswith("39\n")


async def test_the_end_of_a_chain_gets_its_turn_while_the_drag_goes_on(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        model = await edited(
            kernel,
            "import asyncio\nx = s.value\nawait asyncio.sleep(0.005)",
            "print('got', x)",
        )
        value = 0
        while kernel.printed().count("got") < 4:
            value += 1
            kernel.send_write(model, {"value": value})
            count = kernel.writes
            await kernel.until(lambda m, count=count: isinstance(m, ModelAck) and m.command_id == count)  # type: ignore[misc]
            assert value < 1000
        since = len(kernel.messages)
        kernel.send_write(model, {"value": -1})
        await kernel.idle(since)
        assert kernel.printed().endswith("got -1\n")


async def test_waiting_for_a_running_cell_it_is_queued_once(tmp_path: Path) -> None:
    """A run that is asked for twice while another one runs is one run, and is said to be queued once."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit("import asyncio\nprint('on')\nawait asyncio.sleep(0.05)", "print('x')")
        kernel.send_run("a")
        await kernel.until_printed("on")
        since = len(kernel.messages)
        kernel.send_run("b")
        kernel.send_run("b")
        await kernel.idle(since)
        assert kernel.ran(since) == ["b"] and len(kernel.of(CellQueued, 1)) == 1


# ---- as a file


async def test_an_app_is_reactive_too(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(f"# %%\n{SLIDER}\n# %%\nprint(s.value)\n# %%\ns\n")
        assert await kernel.write(kernel.model_ids()[0], {"value": 3}) == [kernel.cells()[1]]
        assert kernel.printed() == "0\n3\n"


def marks(kernel: Conversation, since: int) -> dict[str, bool]:
    """What was said last of each cell's being stale."""
    return {
        message.cell_id: message.message.stale
        for message in kernel.messages[since:]
        if isinstance(message, CellLifecycle) and isinstance(message.message, CellStale)
    }


async def test_a_cell_that_was_edited_while_it_ran_stays_stale(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit("import asyncio\nprint('on')\nawait asyncio.sleep(0.05)\nx = 1", "x")
        kernel.send_run("a")
        await kernel.until_printed("on")
        since = len(kernel.messages)
        await kernel.edit("x = 2", "x")
        await kernel.idle(since)
        # `b` has run, but with what the older `a` has left.
        assert [kernel.last_mark(cell) for cell in "ab"] == [True, True]
        assert await kernel.run_cells(which="stale") == ["a", "b"]
        assert [kernel.last_mark(cell) for cell in "ab"] == [False, False]
