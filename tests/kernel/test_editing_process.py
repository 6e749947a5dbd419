"""The notebook that is being edited, in a kernel process: what must not wait for a cell that computes."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from notebooks import Conversation

from anyhost.kernel.forkserver import ForkServer
from anyhost.kernel.process import ProcessKernel
from anyhost.protocol.messages import (
    CellFinished,
    CellOutput,
    Complete,
    Completions,
    KernelReady,
    KernelStatus,
    ModelAck,
)

pytestmark = [pytest.mark.anyio, pytest.mark.process]

SLIDER = (
    "import anywidget, traitlets\nclass Slider(anywidget.AnyWidget):\n    _esm = 'export default {}'\n"
    "    value = traitlets.Int(0).tag(sync=True)\ns = Slider()\ns"
)


@pytest.fixture
async def kernel(tmp_path: Path) -> AsyncIterator[tuple[Conversation, ProcessKernel]]:
    async with ForkServer() as starter:
        process = await starter.start()
        conversation = Conversation(process.channel, tmp_path)
        await conversation.until(lambda message: isinstance(message, KernelReady))
        yield conversation, process
        await process.aclose()


async def test_an_interrupt_ends_a_cell_that_computes_and_leaves_the_rest(
    kernel: tuple[Conversation, ProcessKernel],
) -> None:
    talk, process = kernel
    await talk.edit("a = 1", "print('on', a)\nwhile True: pass", "print(a)")
    talk.send_run(which="all")
    await talk.until_printed("on")
    since = len(talk.messages)
    process.interrupt()
    await talk.idle(since)
    assert [finished.status for finished in talk.of(CellFinished)] == ["ok", "interrupted", "cancelled"]
    assert [error.name for error in talk.errors()] == ["KeyboardInterrupt"]
    assert [talk.last_mark(cell) for cell in "abc"] == [False, True, True]
    await talk.edit("a = 1", "print('now', a)", "print(a)")
    assert await talk.run_cells(which="stale") == ["b", "c"]


async def test_completion_answers_while_a_cell_computes(kernel: tuple[Conversation, ProcessKernel]) -> None:
    talk, process = kernel
    await talk.edit("import math\ndef helper(): pass", "print('on')\nwhile True: pass")
    talk.send_run(which="all")
    await talk.until_printed("on")

    async def texts(source: str) -> list[str]:
        since = len(talk.messages)
        talk.channel.send(Complete(command_id=1, cell_id="c", source=source, cursor=len(source)))
        answer = await talk.until(lambda message: isinstance(message, Completions), since)
        return [item.text for item in answer.items]

    assert await texts("math.sq") == ["sqrt"]
    assert "helper" in await texts("hel")
    process.interrupt()
    await talk.idle()
    assert talk.of(CellFinished)[-1].status == "interrupted"


async def test_from_a_write_to_the_output_of_its_reader(
    kernel: tuple[Conversation, ProcessKernel], record_property: Callable[[str, object], None]
) -> None:
    talk, _process = kernel
    await talk.edit(SLIDER, "s.value * 2")
    await talk.run_cells(which="all")
    model = talk.model_ids()[0]
    took = []
    for value in range(1, 41):
        since = len(talk.messages)
        began = time.perf_counter()
        talk.send_write(model, {"value": value})
        await talk.until(lambda message: isinstance(getattr(message, "message", None), CellOutput), since)
        took.append((time.perf_counter() - began) * 1000)
        assert isinstance(talk.messages[since], ModelAck)
        await talk.until(lambda message: message == KernelStatus(status="idle"), since)
    took.sort()
    record_property("summary", f"write to output of its reader: {took[20]:.1f} ms in the median, {took[38]:.1f} p95")
    # A timer anywhere on the way would be seen: the console's waits 10 ms. The target is 3 ms on an idle machine.
    assert took[0] < 10
    assert talk.shown()[-1]["text/plain"] == "80"


async def test_a_copy_that_the_notebook_forks_ends_with_its_cell(tmp_path: Path) -> None:
    """`os.fork()` returns twice, and there is one kernel: the copy says what it has to say, and leaves quietly."""
    left, lines = tmp_path / "left", list[str]()
    async with ForkServer(on_line=lambda _pid, line: lines.append(line)) as starter:
        process = await starter.start()
        talk = Conversation(process.channel, tmp_path)
        await talk.edit(
            f"import atexit, os\natexit.register(open, {str(left)!r}, 'w')\npid = os.fork()\nprint('one of two')",
            "print('status', os.waitpid(pid, 0)[1])",
        )
        assert await talk.run_cells(which="all") == ["a", "b"]
        assert "status 0" in talk.printed()
        assert not left.exists()  # what exit functions remove, the kernel still needs
        await process.aclose()
    assert not any("Traceback" in line for line in lines)
