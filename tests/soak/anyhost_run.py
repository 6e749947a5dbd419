"""`anyhost run`, as a user starts it: a process of its own, which can be weighed."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import psutil

NOTEBOOK = Path(__file__).with_name("worker.py")


class Served(NamedTuple):
    """A running server: its process, and the address of its socket."""

    process: psutil.Process
    address: str

    def parent_of(self, kernel: int) -> psutil.Process:
        """The process that kernels are forked from: it is between a kernel and the server."""
        parent = psutil.Process(kernel).parent()
        assert parent is not None and parent.pid != self.process.pid
        return parent


@asynccontextmanager
async def served() -> AsyncIterator[Served]:
    """The worker's notebook on a free port. In the end no process may be left."""
    command = [str(Path(sys.executable).with_name("anyhost")), "run", str(NOTEBOOK)]
    options = ["--port", "0", "--no-open", "--no-token"]
    process = await asyncio.create_subprocess_exec(*command, *options, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    family: list[psutil.Process] = []
    try:
        line = (await asyncio.wait_for(process.stdout.readline(), 30)).decode()
        found = re.search(r"http://(\S+)/", line)
        assert found, line
        yield Served(psutil.Process(process.pid), f"ws://{found[1]}/ws")
        family = psutil.Process(process.pid).children(recursive=True)
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 30)
    left = (await asyncio.to_thread(psutil.wait_procs, family, timeout=10))[1]
    assert not left, left
