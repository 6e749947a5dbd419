"""Kernels that are spawned, each in a fresh interpreter: where there is no fork, or where it is not wanted.

Slower to start (an interpreter, and all the imports) and larger, since nothing is shared; else the same.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, Process, create_subprocess_exec
from contextlib import suppress

from .launching import DEFAULT_MAIN
from .process import Ends, KernelStartError, ProcessKernel
from .stdio import OnLine, print_line


class SpawnStarter:
    """A `KernelStarter` for any POSIX system. As an async context manager it ends all its kernels."""

    def __init__(self, *, main: str = DEFAULT_MAIN, on_line: OnLine = print_line) -> None:
        self._main = main
        self._on_line = on_line
        self._watches: dict[asyncio.Task[None], int] = {}

    async def __aenter__(self) -> SpawnStarter:
        return self

    async def __aexit__(self, *_: object) -> None:
        for pid in self._watches.values():
            _kill_group(pid)
        await asyncio.gather(*self._watches)

    async def start(self) -> ProcessKernel:
        """A kernel that has nothing to run yet. Raises `KernelStartError`."""
        ends = Ends.create()
        pipe_fd = ends.kernel_pipe.fileno()
        try:
            # -P: the working directory is not searched; a notebook's random.py must not become ours.
            process = await create_subprocess_exec(
                sys.executable, "-P", "-m", "anyhost.kernel.child", str(pipe_fd), self._main,
                stdin=DEVNULL, stdout=ends.output_in, stderr=ends.output_in,
                pass_fds=[pipe_fd], start_new_session=True,
            )  # fmt: skip
        except BaseException as error:
            ends.close_servers()
            if isinstance(error, OSError):
                raise KernelStartError(f"no kernel can be started: {sys.executable} does not run: {error}") from error
            raise
        finally:
            ends.close_kernels()
        ended: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        watch = asyncio.create_task(self._watch(process, ended), name=f"watch kernel {process.pid}")
        self._watches[watch] = process.pid
        watch.add_done_callback(self._watches.pop)
        return ProcessKernel(process.pid, ends, ended, self._on_line)

    async def warmer(self) -> None:
        """Never: each kernel loads everything itself."""
        await asyncio.Event().wait()

    async def _watch(self, process: Process, ended: asyncio.Future[int | None]) -> None:
        status = await process.wait()
        _kill_group(process.pid)  # what the notebook has started
        ended.set_result(status)


def _kill_group(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
