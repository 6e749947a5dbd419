"""What goes past `sys.stdout`: subprocesses, C code and forked children write to descriptors 1 and 2.

In a kernel's own process they lead into pipes that are read here, so that this text, too, appears at its
cell and in order: it is collected before each print, and at the end of each run.
"""

from __future__ import annotations

import codecs
import faulthandler
import fcntl
import os
import select
import sys
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

from .console import DESCRIPTORS, Console, StreamName

PIPE_SIZE = 1 << 20
"""How much C code may write in one go while it holds the interpreter's lock, and so keeps us from reading, in bytes."""


class Descriptors:
    """Leads the process's descriptors 1 and 2 to a console, until the block ends. From `start` on a thread collects
    what is written there, also while nothing is printed.

    The last words of a crash in Python still go to the standard error of before: nobody would be left to
    read them here.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._saved: dict[StreamName, int] = {}
        self._pipes: dict[StreamName, int] = {}
        self._decoders = {stream: codecs.getincrementaldecoder("utf-8")("backslashreplace") for stream in DESCRIPTORS}
        self._written = select.poll()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        for stream, fd in DESCRIPTORS.items():
            self._saved[stream] = os.dup(fd)
            self._pipes[stream], write_end = os.pipe2(os.O_CLOEXEC)
            os.set_blocking(self._pipes[stream], False)
            with suppress(OSError):
                fcntl.fcntl(write_end, fcntl.F_SETPIPE_SZ, PIPE_SIZE)
            os.dup2(write_end, fd)
            os.close(write_end)
            self._written.register(self._pipes[stream], select.POLLIN)
        self._closing, self._close = os.pipe2(os.O_CLOEXEC)
        self._faults = faulthandler.is_enabled()
        faulthandler.enable(self._saved["stderr"])
        self._console.lead(self._saved, self.collect)
        return self

    def start(self) -> None:
        self._thread = threading.Thread(target=self._collect_until_closed, name="anyhost descriptors", daemon=True)
        self._thread.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        for stream, fd in DESCRIPTORS.items():
            os.dup2(self._saved[stream], fd)
        os.close(self._close)
        if self._thread is not None:
            self._thread.join()
        self.collect()
        self._console.lead(DESCRIPTORS, lambda: None)
        faulthandler.disable()
        if self._faults and sys.__stderr__ is not None:
            faulthandler.enable(sys.__stderr__)
        for fd in (*self._pipes.values(), *self._saved.values(), self._closing):
            os.close(fd)

    def collect(self) -> None:
        """Hand over what has been written so far. The console's lock keeps it in order with what is printed."""
        with self._console.lock:
            if not self._written.poll(0):
                return  # as before nearly every print
            for stream, pipe in self._pipes.items():
                while text := self._read(stream, pipe):
                    self._console.put(stream, text)

    def _read(self, stream: StreamName, pipe: int) -> str:
        try:
            return self._decoders[stream].decode(os.read(pipe, PIPE_SIZE))
        except (BlockingIOError, InterruptedError):
            return ""

    def _collect_until_closed(self) -> None:
        poller = select.poll()
        for fd in (*self._pipes.values(), self._closing):
            poller.register(fd, select.POLLIN)
        while all(fd != self._closing for fd, _ in poller.poll()):
            self.collect()
