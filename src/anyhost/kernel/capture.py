"""What is shown while `with out:` is active goes to that `Output` widget, and not to the cell.

In Jupyter the page does this: it takes the messages with a certain parent, and writes them back into the
widget. Here the kernel puts them into the widget's `outputs` trait itself, as nbformat has them, so that they
are there at once, in every page, and after a refresh. It follows the context: tasks and threads that are
started inside the block show there, too, and nothing else of the cell does.
"""

from __future__ import annotations

import contextlib
import dataclasses
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import ipywidgets
import msgspec

from anyhost.protocol.messages import CellClear, CellConsole, CellError, CellMessage, CellOutput

from .current import running

TEXT_LIMIT = 1024 * 1024
"""How much text one `Output` keeps, in characters: a trait is sent as a whole whenever it changes."""


class Capture:
    """Writes messages into one `Output` widget."""

    def __init__(self, output: Any, lock: AbstractContextManager[Any]) -> None:
        self.output = output
        self.place: str = output.model_id
        """Stands for the cell wherever it is asked what a place shows (see `displayed.py`)."""
        self._lock = lock
        self._clear_next = False
        self._text_size = 0

    def take(self, message: CellMessage) -> None:
        """Show a cell's message here. From any thread."""
        with self._lock:
            if isinstance(message, CellClear):
                self._clear(wait=message.wait)
            elif isinstance(message, CellConsole):
                self._write(message)
            elif isinstance(message, CellError):
                lines = message.traceback or [f"{message.name}: {message.value}"]
                self._append(
                    {"output_type": "error", "ename": message.name, "evalue": message.value, "traceback": lines}
                )
            elif isinstance(message, CellOutput):
                self._show(message)

    def _clear(self, *, wait: bool) -> None:
        self._clear_next = wait
        if not wait:
            self._text_size = 0
            self.output.outputs = ()

    def _before(self) -> tuple[dict[str, Any], ...]:
        """What this is shown after."""
        if self._clear_next:
            self._clear_next, self._text_size = False, 0
            return ()
        outputs: tuple[dict[str, Any], ...] = tuple(self.output.outputs)
        return outputs

    def _append(self, output: dict[str, Any]) -> None:
        self.output.outputs = (*self._before(), output)

    def _write(self, message: CellConsole) -> None:
        before = self._before()
        if not before:
            self._text_size = 0  # whoever sets `outputs` to nothing clears it, too
        room = TEXT_LIMIT - self._text_size
        if room <= 0:
            return
        self._text_size += len(message.text)
        text = message.text[:room]
        if len(message.text) >= room:
            text += f"\n[anyhost: an Output keeps {TEXT_LIMIT:,} characters; the rest is left out]\n"
        last = before[-1] if before else {}
        if last.get("output_type") == "stream" and last.get("name") == message.stream:
            before, text = before[:-1], str(last.get("text", "")) + text
        self.output.outputs = (*before, {"output_type": "stream", "name": message.stream, "text": text})

    def _show(self, message: CellOutput) -> None:
        output: dict[str, Any] = {
            "output_type": "display_data",
            "data": {kind: msgspec.json.decode(value) for kind, value in message.data.items()},
            "metadata": {kind: msgspec.json.decode(value) for kind, value in message.metadata.items()},
        }
        if message.display_id is None:
            self._append(output)
            return
        output["transient"] = {"display_id": message.display_id}
        if not message.update:
            self._append(output)
            return
        self.output.outputs = tuple(
            output if shown.get("transient") == output["transient"] else shown for shown in self.output.outputs
        )


class Captures:
    """The captures of one session's `Output` widgets.

    `lock` is the console's, under which text is published: with one of our own, an observer of `outputs` that
    prints could wait for the console, and the console for it. It is re-entrant. `release` lets go of what a
    closed `Output` has shown.
    """

    def __init__(self, lock: AbstractContextManager[Any], release: Callable[[str], None]) -> None:
        self._lock = lock
        self._release = release
        self._captures: dict[str, Capture] = {}

    def of(self, output: Any) -> Capture:
        capture = self._captures.get(output.model_id)
        if capture is None:
            capture = self._captures[output.model_id] = Capture(output, self._lock)
        return capture

    def close(self, model_id: str) -> None:
        if self._captures.pop(model_id, None) is not None:
            self._release(model_id)


def patch_output() -> Callable[[], None]:
    """Make `Output` capture in our sessions; elsewhere it does what it did before. Returns the undo."""
    kind = ipywidgets.Output
    enter, leave = kind.__enter__, kind.__exit__
    kind.__enter__, kind.__exit__ = _entering(enter), _leaving(leave)

    def undo() -> None:
        kind.__enter__, kind.__exit__ = enter, leave

    return undo


def _entering(upstream: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def __enter__(self: Any) -> Any:
        context = running.get()
        if context is None:
            return upstream(self)
        _flush()
        running.set(dataclasses.replace(context, capture=context.kernel.models.captures.of(self), around=context))
        return None

    return __enter__


def _leaving(upstream: Callable[..., Any]) -> Callable[..., Any]:
    def __exit__(self: Any, kind: Any, error: BaseException | None, tb: Any) -> Any:
        context = running.get()
        if context is None or context.around is None:
            return upstream(self, kind, error, tb)
        # As in Jupyter, an exception is shown in the widget, and the code after the block goes on. But whoever
        # ends the run (an interrupt, a cancelled task, `sys.exit`) means all of it.
        shown = isinstance(error, Exception)
        if error is not None and shown:
            context.kernel.show_error(error)
        _flush()
        running.set(context.around)
        return shown or None

    return __exit__


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(ValueError):
            stream.flush()
