"""Standard output and error as streams: order, limits, and what programs expect of a file."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from anyhost.kernel import console as console_module
from anyhost.kernel.console import CHUNK, LIMIT, Console, NoInput, Source
from anyhost.protocol.messages import CellConsole


class Recorder:
    """A console, whose cell is what the test says, and what it published."""

    def __init__(self) -> None:
        self.cell: Source = Source("a", callback=False)
        self.published: list[tuple[str | None, CellConsole]] = []
        self.console = Console(lambda source, text: self.published.append((source.cell_id, text)), lambda: self.cell)

    def texts(self, cell_id: str = "a") -> list[tuple[str, str]]:
        return [(message.stream, message.text) for cell, message in self.published if cell == cell_id]


@contextmanager
def patient() -> Iterator[None]:
    """Inside this block text waits until it is asked for."""
    before, console_module.DELAY = console_module.DELAY, 60.0
    try:
        yield
    finally:
        console_module.DELAY = before


def test_text_is_gathered_until_the_stream_or_the_cell_changes() -> None:
    recorder = Recorder()
    out, err = recorder.console.stdout, recorder.console.stderr
    print("a", "b", file=out)
    print("c", file=out)
    print("d", file=err)
    recorder.cell = Source("b", callback=True)
    print("e", file=err)
    recorder.console.flush()
    assert recorder.texts("a") == [("stdout", "a b\nc\n"), ("stderr", "d\n")]
    assert recorder.published[-1] == ("b", CellConsole(stream="stderr", text="e\n", callback=True))


def test_much_text_does_not_wait() -> None:
    recorder = Recorder()
    recorder.console.stdout.write("x" * CHUNK)
    assert [len(text) for _, text in recorder.texts()] == [CHUNK]


def test_text_goes_out_by_itself() -> None:
    recorder = Recorder()
    arrived = threading.Event()
    recorder.console._publish = lambda *_: arrived.set()
    with recorder.console:
        recorder.console.stdout.write("x")
        recorder.console.start()
        assert arrived.wait(5)


def test_what_waits_at_the_end_is_sent() -> None:
    recorder = Recorder()
    with recorder.console:
        recorder.console.stdout.write("x")
    assert recorder.texts() == [("stdout", "x")]


def test_text_beyond_the_limit_is_dropped_and_counted() -> None:
    """Promise 8."""
    recorder = Recorder()
    for _ in range(LIMIT // CHUNK + 2):
        recorder.console.stdout.write("x" * CHUNK)
    recorder.console.stdout.write("x" * 5)
    assert sum(text.count("x") for stream, text in recorder.texts() if stream == "stdout") == LIMIT
    notices = [text for stream, text in recorder.texts() if stream == "stderr"]
    assert len(notices) == 1 and "more than 8,388,608 characters" in notices[0]
    recorder.console.settle(callback=True)
    assert len([text for stream, text in recorder.texts() if stream == "stderr"]) == 1
    recorder.console.settle(callback=False)
    assert f"{2 * CHUNK + 5:,} characters were left out" in recorder.texts()[-1][1]
    recorder.console.stdout.write("again")
    recorder.console.flush()
    assert recorder.texts()[-1] == ("stdout", "again")


def test_threads_lose_nothing() -> None:
    recorder = Recorder()

    def work(letter: str) -> None:
        for _ in range(2000):
            recorder.console.stdout.write(letter)

    with recorder.console:
        threads = [threading.Thread(target=work, args=(letter,)) for letter in "xyz"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    text = "".join(text for _, text in recorder.texts())
    assert [text.count(letter) for letter in "xyz"] == [2000] * 3


def test_it_is_the_file_that_programs_expect() -> None:
    recorder = Recorder()
    out = recorder.console.stdout
    assert (out.encoding, out.isatty(), out.writable(), out.readable(), out.fileno()) == (
        "utf-8",
        False,
        True,
        False,
        1,
    )
    out.buffer.write("é".encode()[:1])
    out.buffer.write("é".encode()[1:] + b"\xff\n")
    out.reconfigure(line_buffering=True)
    out.close()
    out.writelines(["a", "b"])
    out.flush()
    assert "".join(text for _, text in recorder.texts()) == "é\\xff\nab"
    with pytest.raises(TypeError, match="must be str, not bytes"):
        out.write(b"x")  # type: ignore[arg-type]


def test_lone_surrogates_become_text_that_can_be_sent() -> None:
    recorder = Recorder()
    recorder.console.stdout.write("a\ud800b")
    recorder.console.flush()
    assert recorder.texts() == [("stdout", "a\ufffdb")]


def test_a_finaliser_may_print_while_text_is_published() -> None:
    """P10."""
    recorder = Recorder()

    def publish(source: Source, message: CellConsole) -> None:
        recorder.published.append((source.cell_id, message))
        if message.text == "first":
            recorder.console.stdout.write("second")

    recorder.console._publish = publish
    recorder.console.stdout.write("first")
    recorder.console.flush()
    recorder.console.flush()
    assert [text for _, text in recorder.texts()] == ["first", "second"]


@pytest.mark.process
def test_a_forked_child_writes_past_the_console(capfd: pytest.CaptureFixture[str]) -> None:
    recorder = Recorder()
    with recorder.console, patient():
        recorder.console.stdout.write("parent\n")
        with recorder.console.lock:
            child = os.fork()
            if child == 0:
                recorder.console.stdout.write("child\n")
                recorder.console.stdout.flush()
                os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
    assert recorder.texts() == [("stdout", "parent\n")]
    assert capfd.readouterr().out == "child\n"


def test_there_is_no_input() -> None:
    source = NoInput()
    for read in (source.read, source.readline, source.__next__):
        with pytest.raises(EOFError, match="ask with a widget"):
            read()
    before, sys.stdin = sys.stdin, source
    try:
        with pytest.raises(EOFError, match="ask with a widget"):
            input()
    finally:
        sys.stdin = before
