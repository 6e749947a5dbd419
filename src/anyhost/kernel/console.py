"""Standard output and error of cells.

Text is gathered for a moment, so that a loop of prints is not a message for each write, and goes out
before any other message of the cell, so that the order is the one printed. Threads, callbacks and
tasks print at the cell that they belong to. A cell may print `LIMIT` characters; the rest is counted,
and the count is shown (promise 8).
"""

from __future__ import annotations

import codecs
import io
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal, NamedTuple, Self, TypeAlias

from anyhost.protocol.messages import CellConsole

from .current import CaptureTarget

StreamName: TypeAlias = Literal["stdout", "stderr"]

DELAY = 0.01
"""How long text may wait for more, in seconds."""

CHUNK = 64 * 1024
"""How much text may wait, in characters."""

LIMIT = 8 * 1024 * 1024
"""What one run of a cell may print, or one callback of it, in characters."""

DESCRIPTORS: dict[StreamName, int] = {"stdout": 1, "stderr": 2}


class Source(NamedTuple):
    """On whose behalf text is written."""

    cell_id: str | None
    callback: bool
    capture: CaptureTarget | None = None
    """The `Output` widget that shows it instead of the cell."""

    @property
    def nobody(self) -> bool:
        return self.cell_id is None and self.capture is None


@dataclass
class _Pending:
    source: Source
    stream: StreamName
    pieces: list[str] = field(default_factory=list)
    size: int = 0


class Console:
    """Takes text from any thread, and publishes it. A context manager. From `start` on its thread sends what waits.

    `source` says whose text it is that the calling code writes. Text of no cell goes to the process's
    own standard output or error.
    """

    def __init__(self, publish: Callable[[Source, CellConsole], None], source: Callable[[], Source]) -> None:
        self._publish = publish
        self._source = source
        self._pending: _Pending | None = None
        # Re-entrant: a finaliser may print at any point of this code, in this thread.
        self.lock = threading.RLock()
        self._waiting = threading.Event()
        self._closed = threading.Event()
        self._printed: dict[Source, int] = {}
        self._thread: threading.Thread | None = None
        self._process = os.getpid()
        self._outside: Mapping[StreamName, int] = DESCRIPTORS
        self._collect: Callable[[], None] = lambda: None
        self.stdout = TextStream(self, "stdout")
        self.stderr = TextStream(self, "stderr")

    def __enter__(self) -> Self:
        self._process = os.getpid()  # it may have been made before a fork
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._closed.set()
        self._waiting.set()
        if self._thread is not None:
            self._thread.join()
        self.flush()

    def start(self) -> None:
        """Have a thread send what waits: without it that is sent with what comes next, or at the end."""
        self._thread = threading.Thread(target=self._send_what_waits, name="anyhost-console", daemon=True)
        self._thread.start()

    def lead(self, outside: Mapping[StreamName, int], collect: Callable[[], None]) -> None:
        """Text of no cell goes to these descriptors; `collect` puts what was written before any other text."""
        self._outside, self._collect = outside, collect

    def write(self, stream: StreamName, text: str) -> None:
        """Take text, after what went past this stream before."""
        # A child forked by the user's code has copies of our locks, but not the threads that hold them.
        if os.getpid() != self._process:
            os.write(DESCRIPTORS[stream], text.encode("utf-8", "backslashreplace"))
            return
        with self.lock:
            self._collect()
            self.put(stream, text)

    def put(self, stream: StreamName, text: str) -> None:
        """Take text, now."""
        source = self._source()
        if source.nobody:
            os.write(self._outside[stream], text.encode("utf-8", "backslashreplace"))
            return
        with self.lock:
            pending = self._pending
            if pending is not None and (pending.source, pending.stream) != (source, stream):
                self._publish_pending()
                pending = None
            if pending is None:
                pending = self._pending = _Pending(source, stream)
            pending.pieces.append(text)
            pending.size += len(text)
            if pending.size >= CHUNK:
                self._publish_pending()
            else:
                self._waiting.set()

    def flush(self) -> None:
        """Publish what waits, now."""
        if os.getpid() != self._process:
            return
        with self.lock:
            self._collect()
            self._publish_pending()

    def _publish_pending(self) -> None:
        with self.lock:
            pending, self._pending = self._pending, None
            self._waiting.clear()
            if pending is not None:
                self._send(pending.source, pending.stream, "".join(pending.pieces))

    def settle(self, *, callback: bool) -> None:
        """A run, or a callback, is over: publish what waits, say how much was left out, and begin to count anew."""
        self.flush()
        with self.lock:
            over = {source: self._printed.pop(source) for source in list(self._printed) if source.callback == callback}
        for source, printed in over.items():
            if printed > LIMIT:
                self._publish_notice(source, f"{printed - LIMIT:,} characters were left out")

    def _send(self, source: Source, stream: StreamName, text: str) -> None:
        before = self._printed.get(source, 0)
        after = self._printed[source] = before + len(text)
        text = text[: max(0, LIMIT - before)]
        if text and not source.nobody:
            self._publish(source, CellConsole(stream=stream, text=_valid(text), callback=source.callback))
        if before <= LIMIT < after:
            self._publish_notice(source, f"more than {LIMIT:,} characters were printed here; the rest is left out")

    def _publish_notice(self, source: Source, text: str) -> None:
        if not source.nobody:
            notice = CellConsole(stream="stderr", text=f"\n[anyhost: {text}]\n", callback=source.callback)
            self._publish(source, notice)

    def _send_what_waits(self) -> None:
        while not self._closed.is_set():
            self._waiting.wait()
            self._closed.wait(DELAY)
            self._publish_pending()


class TextStream(io.TextIOBase):
    """What `sys.stdout` and `sys.stderr` are while cells run."""

    def __init__(self, console: Console, stream: StreamName) -> None:
        self._console = console
        self._stream = stream
        self.name = f"<{stream}>"
        self.mode = "w"
        self.line_buffering = True
        self.write_through = False
        self._buffer = ByteStream(self)

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    @property
    def errors(self) -> str:  # type: ignore[override]
        return "backslashreplace"

    @property
    def buffer(self) -> ByteStream:
        return self._buffer

    def write(self, text: str, /) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if text:
            self._console.write(self._stream, text)
        return len(text)

    def flush(self) -> None:
        self._console.flush()

    def fileno(self) -> int:
        return DESCRIPTORS[self._stream]

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def reconfigure(self, **_options: Any) -> None:
        """Accepted, as of a file; there is nothing to set here."""

    def close(self) -> None:
        """The console outlives whoever closes it: what is printed later must not be lost."""
        self.flush()


class ByteStream(io.BufferedIOBase):
    """The binary end of a `TextStream`: bytes are UTF-8 text, whole characters at a time."""

    def __init__(self, stream: TextStream) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")

    def write(self, data: Any, /) -> int:
        view = memoryview(data)
        self._stream.write(self._decoder.decode(view.tobytes()))
        return view.nbytes

    def flush(self) -> None:
        self._stream.flush()

    def fileno(self) -> int:
        return self._stream.fileno()

    def writable(self) -> bool:
        return True

    def close(self) -> None:
        self.flush()


class NoInput(io.TextIOBase):
    """What `sys.stdin` is while cells run: nobody can type into an app's terminal."""

    name = "<stdin>"
    mode = "r"

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    def readable(self) -> bool:
        return True

    def read(self, _size: int | None = -1, /) -> str:
        raise no_input()

    def readline(self, _size: int = -1, /) -> str:  # type: ignore[override]
        raise no_input()

    def close(self) -> None:
        """`exit()` closes it; the next cell must still get the same answer."""


def no_input(asked_with: str = "input()") -> EOFError:
    """What whoever asks on the terminal is told."""
    return EOFError(f"a notebook has no terminal to read from here: ask with a widget instead of {asked_with}")


def _valid(text: str) -> str:
    """Text that UTF-8 can carry: lone surrogates become U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
