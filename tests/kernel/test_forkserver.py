"""The fork server: what kernels share, what they must not, and that nothing is left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from scripted_kernels import ask, ready, tell

from anyhost.kernel import preload
from anyhost.kernel.forkserver import ForkServer
from anyhost.kernel.launching import WarmProcess
from anyhost.kernel.process import KernelStartError, ProcessKernel
from anyhost.protocol.messages import RefreshModels

pytestmark = [pytest.mark.anyio, pytest.mark.process]

HERE = str(Path(__file__).parent)


@pytest.fixture(autouse=True)
def importable_in_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", HERE)


def fork_server(lines: list[str] | None = None, main: str = "scripted_kernels:main") -> ForkServer:
    return ForkServer(main=main, on_line=lambda _pid, line: None if lines is None else lines.append(line))


def warm_parent() -> psutil.Process:
    (process,) = psutil.Process().children()
    return process


async def until(condition: Callable[[], bool], patience: float = 10) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, f"still not so after {patience} s"
        await asyncio.sleep(0.01)


async def started(server: ForkServer) -> ProcessKernel:
    kernel = await server.start()
    await ready(kernel)
    return kernel


async def test_kernels_share_the_first_imports_and_not_the_working_directory() -> None:
    async with fork_server() as server:
        kernel = await started(server)
        names = ["IPython.core.interactiveshell", "ipywidgets", "anywidget", "numpy", "matplotlib", "anyhost.server"]
        source = f"import sys, os; result = [name in sys.modules for name in {names}] + [sys.path[0], '' in sys.path]"
        assert await ask(kernel, source) == [True, True, True, False, False, False, HERE, False]
        await kernel.aclose()


async def test_each_kernel_draws_its_own_random_numbers() -> None:
    """`multiprocessing`'s fork server gives numpy's the same in every session."""
    async with fork_server() as server:
        first = await started(server)
        server.preload(["numpy.random"])
        await preloaded(server, "numpy.random")
        kernels = [await started(server) for _ in range(3)]
        source = """
import random, sys, uuid
preloaded = "numpy.random" in sys.modules
import numpy.random
result = [preloaded, random.random(), numpy.random.random(), str(uuid.uuid4())]
"""
        answers = [await ask(kernel, source) for kernel in kernels]
        assert [answer[0] for answer in answers] == [True] * 3
        for column in (1, 2, 3):
            assert len({answer[column] for answer in answers}) == 3
        await asyncio.gather(*(kernel.aclose() for kernel in [first, *kernels]))


async def preloaded(server: ForkServer, module: str) -> None:
    """Wait until new kernels have this module."""
    async with asyncio.timeout(30):
        while True:
            kernel = await started(server)
            have = await ask(kernel, f"import sys; result = {module!r} in sys.modules")
            await kernel.aclose()
            if have:
                return


async def test_the_second_stage_waits_for_the_first_kernel() -> None:
    async with fork_server() as server:
        server.preload(["numpy"])
        await asyncio.sleep(0.5)
        first = await started(server)
        assert await ask(first, "import sys; result = 'numpy' in sys.modules") is False
        await preloaded(server, "numpy")
        await first.aclose()


async def test_it_is_told_when_kernels_have_begun_to_share_more() -> None:
    async with fork_server() as server:
        first = await started(server)
        server.preload(["numpy", "json"])
        async with asyncio.timeout(30):
            await server.warmer()
        warm = await started(server)
        assert await ask(warm, "import sys; result = 'numpy' in sys.modules") is True
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await server.warmer()
        await first.aclose()
        await warm.aclose()


USES = {
    "pandas": "import pandas; result = int(pandas.DataFrame({'a': [1, 2]}).groupby('a').a.sum().sum())",
    "matplotlib.pyplot": "import matplotlib.pyplot as p; p.plot([1]); p.savefig('/dev/null', format='png'); result = 3",
    "scipy.stats": "import numpy; result = int((numpy.ones((400, 400)) @ numpy.ones((400, 400)))[0, 0]) - 397",
    "duckdb": "import duckdb; result = duckdb.sql('select 1 + 2').fetchall()[0][0]",
}


@pytest.mark.parametrize("module", USES)
async def test_what_may_be_preloaded_leaves_one_thread_and_works_in_a_kernel(module: str) -> None:
    pytest.importorskip(module)
    async with fork_server() as server:
        first = await started(server)
        server.preload([module])
        await preloaded(server, module)
        assert warm_parent().num_threads() == 1
        kernel = await started(server)
        assert await asyncio.wait_for(ask(kernel, USES[module]), 20) == 3
        assert await ask(kernel, "import os; result = os.environ.get('JE_ARROW_MALLOC_CONF')") is None
        await asyncio.gather(first.aclose(), kernel.aclose())


async def test_a_module_that_leaves_a_thread_behind_is_not_taken_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threaded = "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()"
    (tmp_path / "threaded.py").write_text(threaded)
    (tmp_path / "broken.py").write_text("raise SystemExit(0)")
    (tmp_path / "harmless.py").write_text("")
    monkeypatch.setenv("PYTHONPATH", f"{HERE}:{tmp_path}")
    monkeypatch.setattr(preload, "BEAR_FORKING", {"threaded", "broken", "harmless"})
    async with fork_server() as server:
        first = await started(server)
        server.preload(["threaded", "broken", "harmless", "os"])
        await preloaded(server, "harmless")
        kernel = await started(server)
        source = "import sys; result = [name for name in ('threaded', 'broken') if name in sys.modules]"
        assert await ask(kernel, source) == []
        await asyncio.gather(first.aclose(), kernel.aclose())


async def test_a_module_leaves_kernels_neither_its_signal_handler_nor_what_it_has_begun_to_print(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "busybody.py").write_text(
        "import signal, sys\nsignal.signal(signal.SIGTERM, print)\nsys.stdout.write('begun')\n"
    )
    monkeypatch.setenv("PYTHONPATH", f"{HERE}:{tmp_path}")
    monkeypatch.setattr(preload, "BEAR_FORKING", {"busybody"})
    lines: list[str] = []
    async with fork_server(lines) as server:
        first = await started(server)
        server.preload(["busybody"])
        await preloaded(server, "busybody")
        kernel = await started(server)
        source = "import signal; print('said'); result = signal.getsignal(signal.SIGTERM) == signal.SIG_DFL"
        assert await ask(kernel, source) is True
        await asyncio.gather(first.aclose(), kernel.aclose())
    assert lines == ["said"]


async def test_an_idle_kernel_has_no_thread_but_the_pipes() -> None:
    async with ForkServer() as server:
        kernel = await server.start()
        await ready(kernel)
        assert psutil.Process(kernel.pid).num_threads() == 2
        kernel.channel.send(RefreshModels(model_ids=[]))
        await until(lambda: psutil.Process(kernel.pid).num_threads() == 4)
        await kernel.aclose()


async def test_a_warm_parent_that_was_started_before_is_the_one_that_kernels_come_from() -> None:
    with WarmProcess.start("scripted_kernels:main") as ahead:
        async with ForkServer(main="scripted_kernels:main", ahead=ahead) as server:
            kernel = await started(server)
            assert warm_parent().pid == ahead.process.pid == psutil.Process(kernel.pid).ppid()
            await kernel.aclose()
        assert ahead.process.poll() == 0


async def test_one_that_died_before_it_was_needed_is_replaced() -> None:
    with WarmProcess.start("scripted_kernels:main") as ahead:
        ahead.process.kill()
        async with ForkServer(main="scripted_kernels:main", ahead=ahead) as server:
            kernel = await started(server)
            await kernel.aclose()
    assert psutil.Process().children() == []


def test_one_that_nobody_needed_ends_with_its_block() -> None:
    with WarmProcess.start("scripted_kernels:main"):
        assert warm_parent().is_running()
    assert psutil.Process().children() == []


def test_only_what_is_on_the_list_is_preloaded() -> None:
    assert preload.choose(["numpy", "torch", "my_module", "numpy", "pandas.core", "polars"]) == ["numpy", "pandas.core"]


async def test_twenty_kernels_start_in_a_burst_and_all_end() -> None:
    async with fork_server() as server:
        kernels = await asyncio.gather(*(server.start() for _ in range(20)))
        assert len({await ready(kernel) for kernel in kernels}) == 20
        await asyncio.gather(*(kernel.aclose() for kernel in kernels))
        assert {await kernel.wait() for kernel in kernels} == {"ended"}
        assert warm_parent().children() == []
    assert psutil.Process().children() == []


async def test_closing_the_fork_server_ends_its_kernels() -> None:
    async with fork_server() as server:
        kernel = await started(server)
        tell(kernel, "while True: pass")
    assert "signal 9" in await kernel.wait()
    assert psutil.Process().children() == []
    await kernel.aclose()


async def test_a_warm_parent_that_died_is_replaced_and_its_kernels_live_on() -> None:
    async with fork_server() as server:
        old = await started(server)
        dead = warm_parent()
        dead.kill()
        new = await started(server)
        assert await ask(old, "result = 'old'") == "old"
        assert await ask(new, "result = 'new'") == "new"
        assert warm_parent().pid != dead.pid
        await asyncio.gather(old.aclose(), new.aclose())
        assert "not known" in await old.wait()
        assert await new.wait() == "ended"


async def test_a_kernel_whose_warm_parent_died_ends_with_the_server() -> None:
    async with fork_server() as server:
        kernel = await started(server)
        tell(kernel, "while True: pass")
        warm_parent().kill()
        other = await server.start()
        process = psutil.Process(kernel.pid)
    assert not alive(process)
    await asyncio.gather(kernel.aclose(), other.aclose())


async def test_a_fork_server_that_cannot_start_says_so_after_a_second_try() -> None:
    async with fork_server(main="no_such_module:main") as server:
        with pytest.raises(KernelStartError, match="no kernel can be started"):
            await server.start()
    assert psutil.Process().children() == []


async def test_a_closed_fork_server_starts_nothing() -> None:
    async with fork_server() as server:
        pass
    with pytest.raises(KernelStartError, match="closed"):
        await server.start()


async def test_a_start_that_was_given_up_leaves_no_kernel() -> None:
    async with fork_server() as server:
        await (await started(server)).aclose()
        starting = asyncio.create_task(server.start())
        await asyncio.sleep(0)
        starting.cancel()
        await asyncio.wait([starting])
        await until(lambda: not warm_parent().children())


SERVER = """
import asyncio
from anyhost.kernel.forkserver import ForkServer
from scripted_kernels import ready, tell

async def main():
    async with ForkServer(main="scripted_kernels:main") as server:
        kernels = [await server.start() for _ in range(3)]
        for kernel in kernels:
            print(await ready(kernel), flush=True)
        tell(kernels[0], "while True: len('')")
        tell(kernels[1], "import signal, subprocess; signal.signal(signal.SIGINT, signal.SIG_IGN)"
                         "; subprocess.run(['sleep', '1000'])")
        await asyncio.sleep(0.2)
        print("running", flush=True)
        await asyncio.sleep(1000)

asyncio.run(main())
"""


async def test_a_server_that_is_killed_leaves_nothing_behind() -> None:
    """Promise 10."""
    server = await asyncio.create_subprocess_exec(sys.executable, "-c", SERVER, stdout=asyncio.subprocess.PIPE)
    assert server.stdout is not None
    pids = [int(await server.stdout.readline()) for _ in range(3)]
    assert await server.stdout.readline() == b"running\n"
    left = psutil.Process(server.pid).children(recursive=True)
    assert {process.pid for process in left} > set(pids)
    server.kill()
    await server.wait()
    await until(lambda: not any(alive(process) for process in left), patience=8)


async def test_ctrl_c_in_the_terminal_reaches_only_the_server() -> None:
    async with fork_server() as server:
        kernel = await started(server)
        assert os.getsid(warm_parent().pid) != os.getsid(0) != os.getsid(kernel.pid)
        warm_parent().send_signal(signal.SIGINT)
        assert await ask(kernel, "result = 1") == 1
        await (await server.start()).aclose()
        await kernel.aclose()


def alive(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
