"""A notebook, run by a whole kernel, and what its session hears of it."""

from __future__ import annotations

import builtins
import getpass
import os
import signal
import sys
import threading
from pathlib import Path

import msgspec
import pytest
from notebooks import kernel_in

from anyhost.protocol.messages import (
    CellConsole,
    CellFinished,
    CellLifecycle,
    CellOutput,
    KernelReady,
    KernelStatus,
    ModelAck,
    ModelCloseMessage,
    ModelCommand,
    ModelLifecycle,
    ModelUpdateRequest,
    NotebookInfo,
    Shutdown,
)

pytestmark = pytest.mark.anyio


async def test_a_notebook_is_announced_then_queued_then_run_in_order(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run("# %% [markdown]\n# Hi\n# %%\n1\n# %% [raw]\n# x\n# %%\nprint(2)\n")
        ready, busy, info, *_ = kernel.messages
        assert isinstance(ready, KernelReady)
        assert isinstance(info, NotebookInfo)
        assert busy == KernelStatus(status="busy")
        assert (info.name, [cell.kind for cell in info.cells]) == ("notebook.py", ["markdown", "code", "code"])
        assert kernel.steps(1) == ["queued", "running", "output 1", "finished ok"]
        assert kernel.steps(2) == ["queued", "running", "stdout '2\\n'", "finished ok"]
        queued = [m.cell_id for m in kernel.messages if isinstance(m, CellLifecycle)][:2]
        assert queued == kernel.cells()[1:]


@pytest.mark.parametrize("show_code", [True, False])
async def test_the_code_is_only_sent_where_it_is_shown(tmp_path: Path, show_code: bool) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run("# %% [markdown]\n# Hi\n# %%\nx = 1\n", show_code=show_code)
        info = await kernel.until(lambda message: isinstance(message, NotebookInfo))
        assert [cell.source for cell in info.cells] == ["Hi", "x = 1" if show_code else None]


async def test_text_and_outputs_come_in_the_order_in_which_they_were_made(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            "import sys\nprint('a')\ndisplay(1)\nprint('b', file=sys.stderr)\nprint('c')\nprint('d')\ndisplay(2)\n3\n"
        )
        assert kernel.steps() == [
            "queued", "running", "stdout 'a\\n'", "output 1", "stderr 'b\\n'", "stdout 'c\\nd\\n'", "output 2",
            "output 3", "finished ok",
        ]  # fmt: skip


async def test_the_cell_finds_what_a_script_finds(tmp_path: Path) -> None:
    (tmp_path / "beside.py").write_text("value = 7\n")
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            '"""About."""\n\nimport os, sys, beside\n'
            "print([__name__, __file__, sys.argv, sys.path[0], os.getcwd(), beside.value, __doc__])\n"
            "print(sys.modules['__main__'].__dict__ is globals())\n"
        )
        path, folder = str(tmp_path / "notebook.py"), str(tmp_path)
        assert kernel.printed() == f"{['__main__', path, [path], folder, folder, 7, 'About.']}\nTrue\n"
    sys.modules.pop("beside")


async def test_the_process_is_given_back(tmp_path: Path) -> None:
    def state() -> list[object]:
        return [
            sys.stdin, sys.stdout, sys.stderr, sys.argv, list(sys.path), Path.cwd(), sys.modules["__main__"],
            sys.displayhook, sys.excepthook, vars(builtins).get("display"), dict(os.environ), vars(sys).get("ps1"),
            threading.active_count(),
        ]  # fmt: skip

    before = state()
    async with kernel_in(tmp_path) as kernel:
        await kernel.run("import sys\nsys.path.append('x')\nsys.argv = 1\n1")
    assert state() == before


async def test_cells_after_a_failed_one_run_too(tmp_path: Path) -> None:
    """Promise 9: everything else goes on."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.run("x = 1 / 0\n\nprint('on')\n\nx\n")
        assert kernel.endings() == ["error", "ok", "error"]
        assert [error.name for error in kernel.errors()] == ["ZeroDivisionError", "NameError"]


async def test_sys_exit_ends_the_run_as_it_ends_a_script(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run("import sys\nsys.exit()\n\nprint('never')\n")
        assert (kernel.endings(), kernel.errors(), kernel.printed("stderr")) == (["ok", "cancelled"], [], "")
    async with kernel_in(tmp_path) as kernel:
        await kernel.run("exit('no data')\n\nprint('never')\n")
        assert kernel.endings() == ["error", "cancelled"]
        assert [(error.name, error.value) for error in kernel.errors()] == [("SystemExit", "no data")]


async def test_input_says_that_there_is_none(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run("input('name?')\n")
        (error,) = kernel.errors()
        assert (error.name, error.line) == ("EOFError", 1)
        assert "ask with a widget" in error.value


async def test_there_is_no_password_either_and_no_warning_that_it_could_be_seen(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run("import getpass\ngetpass.getpass()\n")
        (error,) = kernel.errors()
        assert error.value.endswith("ask with a widget instead of getpass()")
        assert kernel.printed() == ""
    assert getpass.getpass.__module__ == "getpass"


async def test_a_debugger_says_that_there_is_no_terminal(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run("breakpoint()\n\nimport bdb\nraise bdb.BdbQuit\n\nprint('on')\n")
        assert [(error.name, error.line) for error in kernel.errors()] == [("EOFError", 1), ("BdbQuit", 2)]
        assert kernel.endings() == ["error", "error", "ok"]


async def test_a_file_that_cannot_be_read_is_said_where_its_cells_would_be(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run("x = (\n")
        assert kernel.steps() == ["error NotebookError", "finished error"]


async def test_an_ipynb_runs(tmp_path: Path) -> None:
    cells: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "source": source,
            "metadata": {},
            "outputs": [],
            "execution_count": None,
            "id": str(index),
        }
        for index, source in enumerate(["%matplotlib inline\nx = 1", "\n\ndef f():\n    return x / 0\nf()"])
    ]
    document = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(msgspec.json.encode(document).decode(), name="demo.ipynb")
        (error,) = kernel.errors(1)
        assert kernel.endings() == ["ok", "error"]
        assert error.line == 4
        assert "demo.ipynb, cell 2, line 4" in _plain("\n".join(error.traceback))


async def test_future_imports_and_names_reach_later_cells(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run("from __future__ import annotations\n\ndef f(x: Missing): ...\n\nprint(f.__annotations__)\n")
        assert kernel.printed() == "{'x': 'Missing'}\n"


# ---- models

WIDGET = """\
import anywidget, traitlets
class Counter(anywidget.AnyWidget):
    _esm = "export default {}"
    value = traitlets.Int(0).tag(sync=True)
counter = Counter()
"""


def write(model_id: str, value: int, command_id: int) -> ModelCommand:
    state = {"value": msgspec.Raw(str(value).encode())}
    return ModelCommand(model_id=model_id, message=ModelUpdateRequest(state=state), command_id=command_id)


async def test_a_model_opens_before_an_output_that_names_it(tmp_path: Path) -> None:
    """Promise 1."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(f"{WIDGET}counter\n")
        output = await kernel.until(
            lambda message: isinstance(message, CellLifecycle) and isinstance(message.message, CellOutput)
        )
        (shown,) = kernel.shown()
        model_id = shown["application/vnd.jupyter.widget-view+json"]["model_id"]
        opened = await kernel.until(
            lambda message: isinstance(message, ModelLifecycle) and message.model_id == model_id
        )
        assert kernel.messages.index(opened) < kernel.messages.index(output)


async def test_a_message_waits_for_a_synchronous_cell_and_is_handled_at_an_await(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        kernel.start(
            f"{WIDGET}import asyncio\nseen = asyncio.Event()\n"
            "counter.observe(lambda change: (print('changed', change.new), seen.set()), 'value')\n\n"
            "print('waits')\nawait asyncio.wait_for(seen.wait(), 10)\nprint('went on', counter.value)\n"
        )
        await kernel.until_printed("waits")
        kernel.channel.send(write(kernel.model_ids()[0], 5, 3))
        ack = await kernel.until(lambda message: isinstance(message, ModelAck))
        await kernel.until(lambda message: message == KernelStatus(status="idle"))
        assert (ack.command_id, ack.status, ack.error) == (3, "accepted", None)
        # The second cell may have read the value before: it runs again.
        assert kernel.printed() == "waits\nchanged 5\nwent on 5\n" + "waits\nwent on 5\n"


async def test_what_a_callback_prints_and_raises_appears_at_the_cell_that_made_the_widget(tmp_path: Path) -> None:
    """Promise 9, and section 8 of design.md."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            f"{WIDGET}\n\ndef observer(change):\n    print('got', change.new)\n    display(change.new)\n"
            "    return 1 / 0\n\ncounter.observe(observer, 'value')\n"
        )
        model_id = kernel.model_ids()[0]
        kernel.channel.send(write(model_id, 5, 3))
        ack = await kernel.until(lambda message: isinstance(message, ModelAck))
        await kernel.until(lambda _message: kernel.errors())
        assert kernel.steps(0)[-3:] == ["stdout 'got 5\\n'", "output 5", "error ZeroDivisionError"]
        (error,) = kernel.errors()
        assert error.callback and kernel.of(CellConsole)[0].callback
        assert "ZeroDivisionError" in ack.error
        assert "traitlets" not in "\n".join(error.traceback)


async def test_shutdown_closes_models_and_ends_tasks(tmp_path: Path) -> None:
    """Promise 10."""
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            f"{WIDGET}import asyncio\nasync def forever():\n    try:\n        await asyncio.sleep(100)\n"
            "    finally:\n        print('ended')\ntask = asyncio.create_task(forever())\nawait asyncio.sleep(0)\n"
        )
        kernel.channel.send(Shutdown())
        closed = await kernel.until(
            lambda message: isinstance(message, ModelLifecycle) and isinstance(message.message, ModelCloseMessage)
        )
        assert closed
        await kernel.until_printed("ended")


async def test_a_shutdown_ends_a_cell_that_waits(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        kernel.start("import asyncio\nprint('in', flush=True)\nawait asyncio.sleep(100)\n\n1\n")
        await kernel.until_printed("in")
        kernel.channel.send(Shutdown())
        await kernel.until(
            lambda message: isinstance(message, CellLifecycle) and message.message == CellFinished(status="cancelled")
        )


# ---- tasks and threads


async def test_an_exception_in_a_task_is_shown_at_its_cell(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            "import asyncio\nasync def fails():\n    await asyncio.sleep(0.01)\n    raise OSError('late')\n\n"
            "_ = asyncio.create_task(fails())\ndel _\n\nawait asyncio.sleep(0.1)\n"
        )
        (error,) = kernel.errors(1)
        assert (error.name, error.value, error.callback) == ("OSError", "late", True)
        assert kernel.endings() == ["ok", "ok", "ok"]


async def test_a_thread_prints_at_the_cell_that_started_it(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run(
            "import threading\ngo, done = threading.Event(), threading.Event()\n"
            "def work():\n    print('early')\n    done.set()\n    go.wait(10)\n    print('late')\n"
            "thread = threading.Thread(target=work)\nthread.start()\ndone.wait(10);\n\n\ngo.set()\nthread.join()\n"
        )
        assert [(text.text, text.callback) for text in kernel.of(CellConsole, 0)] == [
            ("early\n", False),
            ("late\n", True),
        ]
        assert kernel.of(CellConsole, 1) == []


async def test_a_loop_of_prints_is_not_a_message_each(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        await kernel.run("for i in range(20_000):\n    print(i)\n")
        assert kernel.printed() == "".join(f"{i}\n" for i in range(20_000))
        assert len(kernel.of(CellConsole)) < 200


async def test_text_comes_while_the_cell_runs(tmp_path: Path) -> None:
    async with kernel_in(tmp_path) as kernel:
        kernel.start("import time\nprint('begun')\nfor _ in range(20):\n    time.sleep(0.05)\nprint('over')\n")
        text = await kernel.until(lambda m: isinstance(m, CellLifecycle) and isinstance(m.message, CellConsole))
        assert text.message.text == "begun\n"
        await kernel.until_printed("over")


# ---- interrupts


async def test_sigint_interrupts_a_synchronous_cell_and_cancels_what_was_to_follow(tmp_path: Path) -> None:
    async with kernel_in(tmp_path, interruptible=True) as kernel:
        timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        await kernel.run("while True:\n    pass\n\n1\n")
        timer.join()
        assert kernel.endings() == ["interrupted", "cancelled"]
        (error,) = kernel.errors()
        assert error.name == "KeyboardInterrupt"
        assert error.line in {1, 2}


async def test_sigint_interrupts_a_cell_that_waits(tmp_path: Path) -> None:
    async with kernel_in(tmp_path, interruptible=True) as kernel:
        kernel.start("import asyncio\nprint('in', flush=True)\nawait asyncio.sleep(100)\n")
        await kernel.until_printed("in")
        os.kill(os.getpid(), signal.SIGINT)
        await kernel.until(lambda message: message == KernelStatus(status="idle"))
        assert kernel.endings() == ["interrupted"]
        assert [(error.name, error.line) for error in kernel.errors()] == [("KeyboardInterrupt", 3)]


async def test_a_callback_that_never_ends_can_be_interrupted(tmp_path: Path) -> None:
    async with kernel_in(tmp_path, interruptible=True) as kernel:
        await kernel.run(f"{WIDGET}\n\ndef stuck(_):\n    while True:\n        pass\ncounter.observe(stuck, 'value')\n")
        model_id = kernel.model_ids()[0]
        timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        kernel.channel.send(write(model_id, 5, 3))
        await kernel.until(lambda message: isinstance(message, CellLifecycle) and "KeyboardInterrupt" in str(message))
        timer.join()


def _plain(text: str) -> str:
    return "".join(part.partition("m")[2] if index else part for index, part in enumerate(text.split("\x1b[")))
