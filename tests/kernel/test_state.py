"""`anyhost.state`: cells that call the getter follow the setter, wherever that is called."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import weakref
from pathlib import Path

import pytest
from notebooks import kernel_in

import anyhost
from anyhost.kernel.state import StateValue

STATE = "import anyhost\ncount, set_count = anyhost.state(0)"
BUTTON = (
    "import anywidget, traitlets\nclass Button(anywidget.AnyWidget):\n    _esm = 'export default {}'\n"
    "    clicks = traitlets.Int(0).tag(sync=True)\nbutton = Button()\n"
)


def test_in_plain_python_it_keeps_the_value() -> None:
    count, set_count = anyhost.state(0)
    set_count(1)
    set_count(lambda now: now + 1)
    assert count() == 2
    assert repr(count) == "<anyhost.state: 2>" and "2" in repr(set_count)


def test_many_threads_lose_no_increment() -> None:
    count, set_count = anyhost.state(0)

    def work() -> None:
        for _ in range(1000):
            set_count(lambda now: now + 1)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count() == 8000


def test_a_function_may_set_the_same_state() -> None:
    count, set_count = anyhost.state(0)

    def twice(now: int) -> int:
        set_count(10)
        return now + 1

    set_count(twice)
    assert count() == 1


def test_a_state_that_nobody_has_any_more_goes() -> None:
    count, set_count = anyhost.state(0)
    value = weakref.ref(count._value)
    assert isinstance(value(), StateValue)
    del count, set_count
    gc.collect()
    assert value() is None


@pytest.mark.process
def test_a_script_with_a_state_loads_neither_ipython_nor_the_server() -> None:
    code = (
        "import anyhost, sys\ncount, set_count = anyhost.state(0)\nset_count(5)\n"
        "print(count(), sorted({'IPython', 'ipywidgets', 'starlette'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("5 []\n", "")


@pytest.mark.anyio
async def test_cells_that_call_the_getter_run_again(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(STATE, "print(count())", "print('none of it', count)", "set_count(1)")
        assert await kernel.run_cells(which="all") == ["a", "b", "c", "d", "b"]
        assert await kernel.run_cells("d") == ["d"]  # the value is the same


@pytest.mark.anyio
async def test_a_getter_that_is_called_by_a_function_of_another_cell_counts(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(STATE, "def show():\n    print(count())", "show()", "set_count(1)")
        assert await kernel.run_cells(which="all") == ["a", "b", "c", "d", "c"]


@pytest.mark.anyio
@pytest.mark.parametrize(
    "setter",
    [
        "set_count",
        "lambda clicks: threading.Thread(target=set_count, args=[clicks]).start()",
        "lambda clicks: asyncio.create_task(later(clicks))",
        "lambda clicks: executor.submit(set_count, clicks)",
    ],
    ids=["observer", "thread", "task", "executor"],
)
async def test_setters_work_in_observers_tasks_and_threads(tmp_path: Path, setter: str) -> None:
    """The lessons' row #8244."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(
            STATE,
            f"{BUTTON}import asyncio, threading\nfrom concurrent.futures import ThreadPoolExecutor\n"
            "executor = ThreadPoolExecutor(1)\n"
            "async def later(value):\n    await asyncio.sleep(0)\n    set_count(value)\n"
            f"do = {setter}\nbutton.observe(lambda change: do(change.new), 'clicks')",
            "print('count', count())",
        )
        await kernel.run_cells(which="all")
        assert await kernel.write(kernel.model_ids()[0], {"clicks": 4}) == ["c"]
        assert kernel.printed() == "count 0\ncount 4\n" and kernel.errors() == []
        await kernel.edit("executor.shutdown()", ids="x")
        await kernel.run_cells("x")


@pytest.mark.anyio
async def test_a_thread_without_a_context_sets_it_too(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(STATE + "\nfrom builtins_of_test import found\nfound.append(set_count)", "print(count())")
        found: list[object] = []
        sys.modules["builtins_of_test"] = type(sys)("builtins_of_test")
        sys.modules["builtins_of_test"].found = found  # type: ignore[attr-defined]
        try:
            await kernel.run_cells(which="all")
            since = len(kernel.messages)
            thread = threading.Thread(target=found[0], args=[5])  # type: ignore[arg-type]
            thread.start()
            await kernel.idle(since)
        finally:
            del sys.modules["builtins_of_test"]
        assert kernel.ran(since) == ["b"] and kernel.printed() == "0\n5\n"
        thread.join()


@pytest.mark.anyio
async def test_a_cell_that_sets_what_it_reads_is_stopped_after_ten_rounds(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(STATE, "x = count()\nset_count(x + 1)", "print('others', x)")
        ran = await kernel.run_cells(which="all")
        (error,) = kernel.errors(1)
        assert (error.name, error.line) == ("StateLoopError", 2)
        assert "sets what it reads" in error.value
        assert ran.count("b") == 11 and kernel.endings()[-2:] == ["error", "ok"]
        assert kernel.printed().endswith("others 10\n")


@pytest.mark.anyio
async def test_a_cell_that_sets_what_it_reads_until_a_condition_comes_true(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(STATE, "if count() < 5:\n    set_count(lambda now: now + 1)\nprint(count())")
        assert (await kernel.run_cells(which="all")).count("b") == 6
        assert kernel.errors() == []


@pytest.mark.anyio
async def test_what_is_read_after_it_was_set_needs_no_other_run(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(STATE, "set_count(5)\nprint(count())")
        assert await kernel.run_cells(which="all") == ["a", "b"]


@pytest.mark.anyio
async def test_a_timer_that_sets_what_its_cell_reads_runs_it_again_and_again_but_once_at_a_time(tmp_path: Path) -> None:
    """The task of the earlier run has ended: there is one timer, however often the cell has run."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(
            f"{STATE}\nimport asyncio\nalive = []",
            "async def tick():\n    alive.append(1)\n    try:\n        while True:\n"
            "            await asyncio.sleep(0.01)\n            set_count(lambda now: now + 1)\n"
            "    finally:\n        alive.pop()\n"
            "task = asyncio.create_task(tick())\nprint('count', count(), 'alive', len(alive))",
        )
        await kernel.run_cells(which="all")
        await kernel.until_printed("count 15 alive")
        assert "alive 2" not in kernel.printed() and kernel.errors() == []


@pytest.mark.anyio
async def test_an_array_and_the_same_object_changed_in_place(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.edit(
            "import anyhost\nitems, set_items = anyhost.state([])\n"
            "class Odd:\n    def __eq__(self, other): raise ValueError\nodd, set_odd = anyhost.state(Odd())",
            "print(items(), type(odd()).__name__)",
            "set_items(lambda now: (now.append(1), now)[1])",
            "set_items(lambda now: [*now, 2])",
            "set_odd(Odd())",
        )
        assert await kernel.run_cells(which="all") == ["a", "b", "c", "d", "e", "b"]
        assert kernel.printed() == "[] Odd\n[1, 2] Odd\n"
