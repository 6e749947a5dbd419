"""The real server, as a user starts it: a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

import anyhost.server

HERE = Path(__file__).parent
BUILT = Path(anyhost.server.__file__).parent / "static" / "index.html"
END_S = 20


@dataclass(frozen=True)
class Server:
    """A running `anyhost run`."""

    address: str
    process: subprocess.Popen[str]

    def family(self) -> list[psutil.Process]:
        """Its process, the fork server, and all kernels with what they started."""
        own = psutil.Process(self.process.pid)
        children: list[psutil.Process] = own.children(recursive=True)
        return [own, *children]

    def end(self) -> list[psutil.Process]:
        """Ctrl-C. Returns the processes that are left, which should be none; they are killed."""
        if self.process.poll() is not None:
            return []
        family = self.family()
        self.process.send_signal(signal.SIGINT)
        left: list[psutil.Process] = psutil.wait_procs(family, timeout=END_S)[1]
        for process in left:
            process.kill()
        self.process.wait(END_S)
        return left


def running(notebook: Path, *options: str) -> AbstractContextManager[Server]:
    """`anyhost run` on a free port. Notebooks may import `probe`."""
    return serving("run", str(notebook), *options)


@contextmanager
def serving(*arguments: str, folder: Path | None = None, port: int = 0, python: Path | None = None) -> Iterator[Server]:
    """An `anyhost` command that serves, on this port (0: a free one), run in a folder.

    `python`: that of the environment whose command it is, which has nothing but what is installed there.
    """
    assert BUILT.exists(), "the front end is not built: npm run build"
    anyhost_command = str((python or Path(sys.executable)).with_name("anyhost"))
    command = [anyhost_command, *arguments, "--port", str(port), "--no-open", "--no-token"]
    also = os.environ.get("PYTHONPATH", "")  # a copy of the tree that is being tried
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(HERE), also]))}
    if python is not None:
        del environment["PYTHONPATH"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=folder) as process:
        assert process.stdout
        line = process.stdout.readline()
        server = Server(line.removeprefix("anyhost: ").strip(), process)
        try:
            assert line.startswith("anyhost: http://")
            yield server
        finally:
            left = server.end()
        assert left == []


Serve = Callable[[str], Server]
"""Serves a notebook, given as text."""
