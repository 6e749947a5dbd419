"""The examples of a page of docs/, in a folder of their own, under uvicorn as the page says."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from servers import END_S, Server

DOCS = Path(__file__).parents[2] / "docs"
FILE = re.compile(r"(At the end of )?`([\w./]+)`[^`\n]*:\n\n```\w+\n(.*?)```", re.DOTALL)
THIS = Path(sys.executable)
COMMAND = re.compile(r"^uvicorn (\S+)$", re.MULTILINE)


def pieces_of(page: str) -> list[tuple[str, str, str]]:
    """The files of a page of docs/, as it gives them: whether a piece goes to the end of one, its name, its text."""
    return FILE.findall((DOCS / page).read_text("utf-8"))


def files_of(page: str) -> dict[str, str]:
    """The files of a page of docs/, by their names."""
    files: dict[str, str] = {}
    for added, name, content in pieces_of(page):
        files[name] = (files[name] if added else "") + content
    return files


def unpack(page: str, folder: Path) -> str:
    """Write the page's files, and return what its command names. What it adds to may be in the folder already."""
    for added, name, content in pieces_of(page):
        (folder / name).parent.mkdir(exist_ok=True)
        with (folder / name).open("a" if added else "w", encoding="utf-8") as file:
            file.write(content)
    (app,) = COMMAND.findall((DOCS / page).read_text("utf-8"))
    return str(app)


@contextmanager
def uvicorn(app: str, folder: Path, *options: str, python: Path = THIS, port: int = 0) -> Iterator[Server]:
    """`uvicorn APP` in this folder, by the environment of this Python, on a free port, or on this one."""
    with socket.create_server(("127.0.0.1", port)) as listening:
        port = listening.getsockname()[1]
        fd = listening.fileno()
        command = [str(python), "-m", "uvicorn", app, "--fd", str(fd), *options]
        # Connections wait in the socket until it listens.
        with subprocess.Popen(command, cwd=folder, pass_fds=[fd], text=True, env={**os.environ}) as process:
            server = Server(f"http://127.0.0.1:{port}/", process)
            try:
                yield server
            finally:
                left = server.end()
            assert left == []
    assert process.wait(END_S) in (0, -2)
