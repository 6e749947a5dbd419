"""What one cell shows: a fold of the messages of its runs.

The outputs of an earlier run stay until the first output of the new one, or its end, so that nothing
flickers; `clear(wait)` works the same way. Everything is bounded (promise 8): the first output that
goes beyond a limit is replaced by a notice, which is an output like any other, so that whoever folds
the same messages comes to the same end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, TypeAlias

import msgspec

from anyhost.protocol.messages import (
    CellClear,
    CellConsole,
    CellError,
    CellFinished,
    CellMessage,
    CellNotes,
    CellOutput,
    CellQueued,
    CellRunning,
    CellStale,
)

from .console import ConsoleText
from .settings import FoldLimits

CONSOLE_FULL = CellConsole(
    stream="stderr", text="\n[anyhost: this cell printed more than is kept; the rest is not shown]\n"
)
OUTPUT_FULL = CellConsole(
    stream="stderr", text="\n[anyhost: the outputs of this cell are larger than is kept; the rest is not shown]\n"
)

_OVERHEAD = 256
"""What one output costs beside its content, in bytes: many small ones are bounded, too."""
_RESERVE = 1 << 20
"""An error is still shown when the outputs are full (promise 9), up to so many bytes of errors."""


class Console:
    """Neighbouring texts of one stream."""

    def __init__(self, like: CellConsole) -> None:
        self.stream = like.stream
        self.callback = like.callback
        self.text = ConsoleText()

    def takes(self, message: CellConsole | Console) -> bool:
        return (message.stream, message.callback) == (self.stream, self.callback)

    def message(self, pieces: tuple[str, ...]) -> CellConsole:
        return CellConsole(stream=self.stream, text="".join(pieces), callback=self.callback)


Shown: TypeAlias = CellOutput | CellError | CellConsole | Console
Applied: TypeAlias = CellMessage | None


class Cell:
    """The state of one cell. `apply` returns the message as it took effect: perhaps a notice, or nothing."""

    def __init__(self, limits: FoldLimits, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._clock = clock
        self._status: CellQueued | CellRunning | CellFinished | None = None
        self._started = 0.0
        self._stale = False
        self._notes: CellNotes | None = None
        self.has_run = False
        """Whether a run of it has ended, however it did."""
        # When the outputs go: with the next one, or with the next one or the end of the run.
        self._going: Literal["no", "next", "run"]
        self._empty()

    def _empty(self) -> None:
        self._shown: list[Shown] = []
        self._displays: dict[str, list[int]] = {}  # display id -> places in `_shown`
        self._console_size = 0
        self._output_size = 0
        self._callback_errors = 0
        self._notices: list[CellConsole] = []
        self._going = "no"

    @property
    def busy(self) -> bool:
        """Queued or running."""
        return isinstance(self._status, CellQueued | CellRunning)

    def ended_early(self) -> CellFinished | None:
        """The end that a cell has whose kernel is gone."""
        if isinstance(self._status, CellRunning):
            return CellFinished(status="interrupted", elapsed=self._clock() - self._started)
        if isinstance(self._status, CellQueued):
            return CellFinished(status="cancelled")
        return None

    def apply(self, message: CellMessage) -> Applied:
        match message:
            case CellOutput():
                return self._show(_copied(message), _size_of(message))
            case CellError():
                return self._show(message, _size_of(message), reserve=_RESERVE)
            case CellConsole():
                return self._print(message)
            case CellClear():
                self._clear(message)
            case CellQueued():
                self._status = message
                self._going = "no" if self._going == "run" else self._going
            case CellRunning():
                self._status = message
                self._started = self._clock() - message.elapsed
                self._going = "run" if self._shown else "no"
            case CellFinished():
                self._status = message
                self.has_run = self.has_run or message.status != "cancelled"
                if self._going == "run":
                    self._empty()
            case CellStale():
                self._stale = message.stale
            case CellNotes():
                self._notes = message if message.notes else None
        return message

    def shows(self, display_id: str) -> bool:
        return display_id in self._displays

    def fits_in_place(self, output: CellOutput) -> bool:
        """Whether this output may replace those with its display id."""
        return self._size_with(output) <= self._limits.output_bytes

    def replace(self, output: CellOutput) -> None:
        """Put it wherever an output with its display id is."""
        assert output.display_id is not None
        self._output_size = self._size_with(output)
        shown = _copied(msgspec.structs.replace(output, update=False))
        for place in self._displays[output.display_id]:
            self._shown[place] = shown

    def messages(self) -> Iterator[CellMessage]:
        """Messages that bring an empty cell to this state. What they say is settled now, not when they are read."""
        shown = [(item, item.text.pieces() if isinstance(item, Console) else ()) for item in self._shown]
        running, going = self._now_running(), self._going
        return _messages(shown, running or self._status, going, self._stale, self._notes)

    def _now_running(self) -> CellRunning | None:
        if isinstance(self._status, CellRunning):
            return CellRunning(elapsed=self._clock() - self._started)
        return None

    def _clear(self, message: CellClear) -> None:
        if not message.wait:
            self._empty()
        elif self._shown and self._going == "no":
            self._going = "next"

    def _show(self, item: CellOutput | CellError, size: int, reserve: int = 0) -> Applied:
        self._make_way()
        full = OUTPUT_FULL in self._notices
        if self._output_size + size > self._limits.output_bytes + reserve or (full and not reserve):
            return None if full else self._notice(OUTPUT_FULL)
        self._output_size += size
        if isinstance(item, CellOutput) and item.display_id is not None:
            self._displays.setdefault(item.display_id, []).append(len(self._shown))
        self._shown.append(item)
        if _is_of_a_callback(item):
            self._callback_errors += 1
            if self._callback_errors > self._limits.callback_errors:
                self._forget_oldest_error()
        return item

    def _forget_oldest_error(self) -> None:
        """A run raises once; callbacks may for as long as the session lives, and must not fill the cell up."""
        place = next(place for place, item in enumerate(self._shown) if _is_of_a_callback(item))
        gone = self._remove(place)
        assert isinstance(gone, CellError)
        self._callback_errors -= 1
        self._output_size -= _size_of(gone)
        self._join(place)

    def _join(self, place: int) -> None:
        """Neighbouring texts of one stream are one; what was between this one and the one before has gone."""
        if not 0 < place < len(self._shown):
            return
        before, text = self._shown[place - 1], self._shown[place]
        if isinstance(before, Console) and isinstance(text, Console) and before.takes(text):
            self._remove(place)
            apart = before.text.size + text.text.size
            before.text.write("".join(text.text.pieces()))
            self._console_size += before.text.size - apart - 1

    def _remove(self, place: int) -> Shown:
        gone = self._shown.pop(place)
        self._displays = {
            display_id: [other - (other > place) for other in places] for display_id, places in self._displays.items()
        }
        return gone

    def _print(self, message: CellConsole) -> Applied:
        self._make_way()
        if message in (CONSOLE_FULL, OUTPUT_FULL):
            return self._notice(message) if message not in self._notices else None
        if CONSOLE_FULL in self._notices:
            return None
        if self._console_size + len(message.text) > self._limits.console_characters:
            return self._notice(CONSOLE_FULL)
        last = self._shown[-1] if self._shown else None
        if not isinstance(last, Console) or not last.takes(message):
            # Each stretch of text costs something beside its characters, too.
            last = Console(message)
            self._shown.append(last)
            self._console_size += 1
        before = last.text.size
        last.text.write(message.text)
        self._console_size += last.text.size - before
        return message

    def _notice(self, notice: CellConsole) -> CellConsole:
        self._notices.append(notice)
        self._shown.append(notice)
        return notice

    def _make_way(self) -> None:
        """Something new is to be shown."""
        if self._going != "no":
            self._empty()

    def _size_with(self, output: CellOutput) -> int:
        size = self._output_size
        for place in self._displays[output.display_id or ""]:
            held = self._shown[place]
            assert isinstance(held, CellOutput)
            size += _size_of(output) - _size_of(held)
        return size


def _messages(
    shown: list[tuple[Shown, tuple[str, ...]]],
    status: CellQueued | CellRunning | CellFinished | None,
    going: Literal["no", "next", "run"],
    stale: bool,
    notes: CellNotes | None,
) -> Iterator[CellMessage]:
    # What is there goes when a run puts something out, so what it put out itself comes after it.
    if isinstance(status, CellRunning) and going != "run":
        yield status
    for item, pieces in shown:
        yield item.message(pieces) if isinstance(item, Console) else item
    if status is not None and not (isinstance(status, CellRunning) and going != "run"):
        yield status
    if going == "next":
        yield CellClear(wait=True)
    if stale:
        yield CellStale(stale=True)
    if notes is not None:
        yield notes


def _is_of_a_callback(item: Shown) -> bool:
    return isinstance(item, CellError) and item.callback


def _copied(output: CellOutput) -> CellOutput:
    """With texts of its own, so that it does not keep the whole message alive."""
    return msgspec.structs.replace(
        output,
        data={kind: text.copy() for kind, text in output.data.items()},
        metadata={kind: text.copy() for kind, text in output.metadata.items()},
    )


def _size_of(item: CellOutput | CellError) -> int:
    if isinstance(item, CellError):
        texts = [item.name, item.value, *item.traceback]
        return _OVERHEAD + sum(len(text) for text in texts)
    return _OVERHEAD + sum(len(text) for texts in (item.data, item.metadata) for text in texts.values())
