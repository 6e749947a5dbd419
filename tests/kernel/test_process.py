"""A kernel in a process of its own, forked or spawned: how it runs, is interrupted, and ends."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import psutil
import pytest
from scripted_kernels import answer, ask, ready, tell

from anyhost.kernel.forkserver import ForkServer
from anyhost.kernel.process import ProcessKernel, how_it_ended
from anyhost.kernel.spawn import SpawnStarter

pytestmark = [pytest.mark.anyio, pytest.mark.process]

HERE = str(Path(__file__).parent)

Start = Callable[..., Awaitable[ProcessKernel]]


@pytest.fixture(autouse=True)
def importable_in_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", HERE)


@pytest.fixture
async def lines() -> list[str]:
    """What kernels wrote to their own streams."""
    return []


@pytest.fixture(params=["fork", "spawn"])
async def start(request: pytest.FixtureRequest, lines: list[str]) -> AsyncIterator[Start]:
    """Starts scripted kernels; ends them, and sees to it that no process is left."""
    starter_class = ForkServer if request.param == "fork" else SpawnStarter
    async with contextlib.AsyncExitStack() as stack:

        async def start_one(main: str = "scripted_kernels:main") -> ProcessKernel:
            starter = starter_class(main=main, on_line=lambda _pid, line: lines.append(line))
            await stack.enter_async_context(starter)
            kernel = await starter.start()
            stack.push_async_callback(kernel.aclose)
            return kernel

        yield start_one
    await until(lambda: not children())


def children() -> list[psutil.Process]:
    found: list[psutil.Process] = psutil.Process().children(recursive=True)
    return found


async def until(condition: Callable[[], bool], patience: float = 5) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, f"still not so after {patience} s"
        await asyncio.sleep(0.01)


async def tell_and_see_it_run(kernel: ProcessKernel, source: str) -> None:
    tell(kernel, f"channel.send(reply(0, 'runs'))\n{source}")
    assert await answer(kernel) == "runs"


async def test_it_is_ready_and_answers(start: Start) -> None:
    kernel = await start()
    assert await ready(kernel) == kernel.pid != os.getpid()
    assert await ask(kernel, "result = 6 * 7") == 42


async def test_it_leads_a_session_and_a_group_of_its_own(start: Start) -> None:
    kernel = await start()
    await ready(kernel)
    assert await ask(kernel, "import os; result = [os.getsid(0), os.getpgrp()]") == [kernel.pid, kernel.pid]


async def test_it_has_only_descriptors_of_its_own(start: Start) -> None:
    kernel = await start()
    await ready(kernel)
    source = """
import os
paths = [f"/proc/self/fd/{fd}" for fd in os.listdir("/proc/self/fd")]
result = sorted(os.readlink(path).partition(":")[0] for path in paths if os.path.exists(path))
"""
    # stdin; stdout and stderr; the pipe, what wakes its thread, and what wakes asyncio
    expected = ["/dev/null", "anon_inode", "pipe", "pipe", *["socket"] * 5]
    assert await ask(kernel, source) == expected


async def test_a_subprocess_does_not_hold_the_pipe_open(start: Start) -> None:
    kernel = await start()
    await ready(kernel)
    source = """
import subprocess
result = subprocess.run(["ls", "-l", "/proc/self/fd"], capture_output=True, text=True, close_fds=False).stdout
"""
    assert "socket" not in await ask(kernel, source)


async def test_signals_are_as_in_a_fresh_python(start: Start) -> None:
    kernel = await start()
    await ready(kernel)
    source = """
import signal
of_note = (signal.SIGTERM, signal.SIGCHLD, signal.SIGHUP, signal.SIGPIPE)
result = [*(int(signal.getsignal(number)) for number in of_note), len(signal.pthread_sigmask(signal.SIG_BLOCK, []))]
"""
    assert await ask(kernel, source) == [0, 0, 0, 1, 0]


async def test_it_may_have_children_of_its_own(start: Start) -> None:
    kernel = await start()
    await ready(kernel)
    source = """
import concurrent.futures, math, multiprocessing
with concurrent.futures.ProcessPoolExecutor(2, multiprocessing.get_context("fork")) as pool:
    result = list(pool.map(math.factorial, [3, 4]))
"""
    assert await ask(kernel, source) == [6, 24]


async def test_a_forked_child_cannot_garble_the_pipe(start: Start) -> None:
    kernel = await start()
    await ready(kernel)
    source = """
import os
pid = os.fork()
if not pid:
    try:
        channel.send(reply(99, "garbled"))
    finally:
        os._exit(7)
result = os.waitpid(pid, 0)[1] >> 8
"""
    assert await ask(kernel, source) == 7


async def test_what_is_written_past_the_shell_is_seen_line_by_line(start: Start, lines: list[str]) -> None:
    kernel = await start()
    await ready(kernel)
    source = r"""
import os, subprocess, sys
os.write(1, b"from C\nand m")
os.write(2, b"ore\n")
subprocess.run(["echo", "from a subprocess"])
print("from \udc80 Python")
sys.stderr.write("without an end")
"""
    await ask(kernel, source)
    await until(lambda: len(lines) == 4)
    await kernel.aclose()
    assert lines == ["from C", "and more", "from a subprocess", "from \\udc80 Python", "without an end"]


async def test_stdin_is_empty(start: Start) -> None:
    kernel = await start()
    await ready(kernel)
    assert await ask(kernel, "import sys; result = sys.stdin.read()") == ""


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import os; os._exit(3)", "ended with exit code 3"),
        ("import os; os.kill(os.getpid(), 9)", "killed by signal 9 (SIGKILL)"),
        ("import ctypes; ctypes.string_at(0)", "killed by signal 11 (SIGSEGV)"),
        ("import os; os.abort()", "killed by signal 6 (SIGABRT)"),
    ],
)
async def test_however_it_ends_the_server_knows(start: Start, source: str, words: str) -> None:
    kernel = await start()
    await ready(kernel)
    tell(kernel, source)
    assert (await asyncio.wait_for(kernel.wait(), 10)).startswith(words)


async def test_what_it_started_ends_with_it(start: Start) -> None:
    """Promise 10."""
    kernel = await start()
    await ready(kernel)
    pid = await ask(kernel, "import subprocess; result = subprocess.Popen(['sleep', '1000']).pid")
    process = psutil.Process(pid)
    tell(kernel, "import os; os._exit(0)")
    assert await kernel.wait() == "ended"
    await until(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE)


async def test_it_ends_when_it_is_told_to_and_runs_its_exit_functions(start: Start, lines: list[str]) -> None:
    kernel = await start()
    await ready(kernel)
    await ask(kernel, "import atexit; atexit.register(print, 'goodbye')")
    await kernel.aclose()
    await kernel.aclose()
    assert await kernel.wait() == "ended"
    assert lines == ["goodbye"]


@pytest.mark.parametrize(
    "source",
    ["while True: pass", "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: pass"],
)
async def test_it_is_killed_when_it_does_not_listen(start: Start, source: str) -> None:
    kernel = await start()
    await ready(kernel)
    await tell_and_see_it_run(kernel, source)
    began = time.monotonic()
    await kernel.aclose()
    assert time.monotonic() - began > 1.5, "it had time to listen"
    assert (await kernel.wait()).startswith("killed by signal")


async def test_it_ends_when_the_pipe_closes_even_if_it_minds_no_interrupt(start: Start) -> None:
    kernel = await start()
    await ready(kernel)
    source = """
import time
while True:
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        pass
"""
    await tell_and_see_it_run(kernel, source)
    await asyncio.sleep(0.05)  # into the loop
    await kernel.channel.aclose()
    assert "SIGKILL" in await asyncio.wait_for(kernel.wait(), 4)


async def test_an_exception_out_of_the_kernels_main_is_seen(start: Start, lines: list[str]) -> None:
    kernel = await start("scripted_kernels:answer")  # takes one argument, not two
    assert await kernel.wait() == "ended with exit code 1"
    await kernel.aclose()
    assert "TypeError" in lines[-1]


@pytest.mark.parametrize(
    "source",
    [
        "while True: pass",
        "import time; time.sleep(60)",
        "import asyncio; await asyncio.sleep(60)",
        "import threading; threading.Event().wait()",
        "import subprocess; subprocess.run(['sleep', '60'])",
        "while True: channel.send(reply(0, 'x'))",
    ],
)
async def test_an_interrupt_ends_what_runs(start: Start, source: str) -> None:
    kernel = await start()
    await ready(kernel)
    await tell_and_see_it_run(kernel, source)
    await asyncio.sleep(0.05)  # into the call that it is to interrupt
    kernel.interrupt()
    async with asyncio.timeout(20):
        while await answer(kernel) != "interrupted":
            pass  # what was sent before comes first
    assert await ask(kernel, "result = 'still here'") == "still here"


async def test_an_idle_kernel_does_not_mind_an_interrupt(start: Start) -> None:
    kernel = await start()
    await ready(kernel)
    for _ in range(5):
        kernel.interrupt()
    assert await ask(kernel, "result = 1") == 1
    os.kill(kernel.pid, signal.SIGINT)
    await asyncio.sleep(0.1)
    kernel.interrupt()
    assert await ask(kernel, "result = 2") == 2


async def test_a_later_interrupt_ends_a_callback_that_nobody_fenced(start: Start) -> None:
    kernel = await start()
    await ready(kernel)
    source = """
import asyncio
asyncio.get_running_loop().call_soon(exec, "channel.send(reply(0, 'runs'))\\nwhile True: pass", globals())
"""
    tell(kernel, source)
    assert {await answer(kernel), await answer(kernel)} == {None, "runs"}
    tell(kernel, "result = 'still here'")
    answering = asyncio.create_task(answer(kernel))
    while not (await asyncio.wait([answering], timeout=0.3))[0]:
        kernel.interrupt()
    assert await answering == "still here"


async def test_interrupts_never_tear_a_message(start: Start) -> None:
    """However often one strikes while it writes, the server can read all that comes."""
    kernel = await start()
    await ready(kernel)
    source = """
while True:
    try:
        while True:
            channel.send(reply(0, "x", bytes(3000)))
    except KeyboardInterrupt:
        pass
"""
    interrupting = asyncio.create_task(_interrupt_often(kernel))
    seen = {"x": 0, "interrupted": 1}  # where one strikes outside the `try` it ends the cell
    tell(kernel, source)
    while seen["x"] < 3000:
        text = await answer(kernel)
        seen[text] += 1
        if text == "interrupted":
            tell(kernel, source)
    interrupting.cancel()


async def _interrupt_often(kernel: ProcessKernel) -> None:
    while True:
        os.kill(kernel.pid, signal.SIGINT)
        await asyncio.sleep(0.0005)


def test_how_it_ended_is_said_in_words() -> None:
    assert how_it_ended(0) == "ended"
    assert how_it_ended(2) == "ended with exit code 2"
    assert "memory" in how_it_ended(-9)
    assert how_it_ended(-15) == "killed by signal 15 (SIGTERM)"
    assert how_it_ended(-63) == "killed by signal 63"
    assert "not known" in how_it_ended(None)
