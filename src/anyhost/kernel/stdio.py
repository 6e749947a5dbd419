"""A kernel's own standard streams, for what goes past the shell: C code, subprocesses, a crash's last words.

In the kernel, descriptors 1 and 2 lead into one pipe. The server reads it line by line, so that nothing
that was written there is lost, and each line can say which kernel it came from.
"""

from __future__ import annotations

import asyncio
import io
import os
import sys
from collections.abc import Callable
from typing import TypeAlias

OnLine: TypeAlias = Callable[[int, str], None]
"""Called in the server's loop with a kernel's pid and a line that it wrote, without its end."""

LONGEST_LINE = 64 << 10
"""A line that is longer, in bytes, comes in pieces."""


def print_line(pid: int, line: str) -> None:
    """Show it on the server's stderr."""
    print(f"[kernel {pid}] {line}", file=sys.stderr, flush=True)


class Lines:
    """Reads lines from a descriptor, which it owns, until its end or `close`."""

    def __init__(self, fd: int, on_line: Callable[[str], None]) -> None:
        os.set_blocking(fd, False)
        self._fd = fd
        self._on_line = on_line
        self._rest = b""
        self._open = True
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(fd, self._read)

    def close(self) -> None:
        """Hand over what has been written so far, and stop reading. Idempotent."""
        while self._open and self._read():
            pass
        self._end()

    def _read(self) -> bool:
        """Hand over what one read gives; say whether there may be more."""
        try:
            data = os.read(self._fd, LONGEST_LINE)
        except (BlockingIOError, InterruptedError):
            return False
        if not data:
            self._end()
            return False
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._hand_over(line)
        if len(self._rest) >= LONGEST_LINE:
            self._hand_over(self._rest)
            self._rest = b""
        return True

    def _end(self) -> None:
        if not self._open:
            return
        self._open = False
        self._loop.remove_reader(self._fd)
        os.close(self._fd)
        if self._rest:
            self._hand_over(self._rest)

    def _hand_over(self, line: bytes) -> None:
        self._on_line(line.decode("utf-8", "replace").rstrip("\r"))


def take_over(output_fd: int) -> None:
    """In a new kernel: stdin is empty, and stdout and stderr lead into `output_fd`, which is closed."""
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((null, 0), (output_fd, 1), (output_fd, 2)):
        os.dup2(source, target)
    for fd in {null, output_fd} - {0, 1, 2}:
        os.close(fd)


def fill_descriptors() -> None:
    """The standard descriptors that somebody has closed lead nowhere, so that nothing else gets their numbers."""
    while (fd := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(fd)


def renew_streams() -> None:
    """Make Python's own streams anew on the three descriptors, wherever those lead by then.

    UTF-8 whatever the locale, line by line although it is no terminal, and a `print` never fails.
    """
    sys.stdin = sys.__stdin__ = _text_stream(0, "r")  # type: ignore[misc]  # typeshed has them final
    sys.stdout = sys.__stdout__ = _text_stream(1, "w")  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _text_stream(2, "w")  # type: ignore[misc]


def _text_stream(fd: int, mode: str) -> io.TextIOWrapper:
    stream = open(  # noqa: SIM115 - it lives as long as the process
        fd, mode, buffering=1, encoding="utf-8", errors="backslashreplace" if mode == "w" else "strict", closefd=False
    )
    assert isinstance(stream, io.TextIOWrapper)
    return stream
