"""Exceptions as a user wants to see them: their own lines, their own names, and a remedy where one is known."""

from __future__ import annotations

import importlib.util
import linecache
import sys
import traceback
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

from IPython.core.error import UsageError

from anyhost.protocol.messages import CellError

from .compiler import Place

INTERNAL = ("anyhost.kernel.", "IPython.")
"""Modules whose frames are never shown: they are how a cell runs, not what it does."""

CARRIERS = frozenset(
    {"anywidget", "asyncio", "comm", "concurrent", "contextlib", "ipywidgets", "psygnal", "threading", "traitlets"}
)
"""Packages that call users' callbacks: their frames are not shown where they only lead to the user's code."""

DISTRIBUTIONS = {
    "Crypto": "pycryptodome",
    "PIL": "pillow",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil",
    "dotenv": "python-dotenv",
    "fitz": "pymupdf",
    "git": "GitPython",
    "google.protobuf": "protobuf",
    "jscatter": "jupyter-scatter",
    "osgeo": "gdal",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "umap": "umap-learn",
    "yaml": "PyYAML",
}
"""What to install for an import whose package has another name."""


def cell_error(
    error: BaseException,
    shell: Any,
    place: Place | None,
    *,
    callback: bool = False,
    cell_named: Callable[[str], str | None] = lambda _name: None,
) -> CellError:
    """The message that shows an exception. Never raises: users' exceptions may not even have a working `str`.

    `place` is where the code of its cell stands; `cell_named` says of other names whose they are.
    """
    _advise(error)
    line = _line(error, place)
    for each in _chain(error):
        each.__traceback__ = _without_internals(each.__traceback__)
    try:
        lines = _formatted(error, shell)
    except Exception:  # noqa: BLE001 - formatters read the user's objects, which may do anything
        lines = traceback.format_exception(error)
    return CellError(
        name=type(error).__name__,
        value=_text(error) if line is None else _text_in_cell(error),
        traceback="\n".join(lines).rstrip("\n").split("\n"),
        line=line,
        callback=callback,
        cells={name: cell_id for name in _names_in(error) if (cell_id := cell_named(name)) is not None},
    )


def remedy(error: ModuleNotFoundError) -> str | None:
    """How to get what is missing, if it is a package that can be installed."""
    name = error.name or ""
    top = name.partition(".")[0]
    try:
        if not top or importlib.util.find_spec(top) is not None:
            return None
    except (ImportError, ValueError):
        return None
    return f"{top} is not installed in {sys.executable}: pip install {DISTRIBUTIONS.get(top, top)}"


def _advise(error: BaseException) -> None:
    if isinstance(error, ModuleNotFoundError) and (advice := remedy(error)) is not None:
        notes = getattr(error, "__notes__", [])
        if advice not in notes:
            error.add_note(advice)


def _text(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:  # noqa: BLE001
        return f"<{type(error).__name__} whose text cannot be shown>"
    notes = getattr(error, "__notes__", [])
    return "\n".join([text, *(note for note in notes if isinstance(note, str))]) if isinstance(notes, list) else text


def _text_in_cell(error: BaseException) -> str:
    """Without what is said beside it: Python adds the file and the line to the words of a `SyntaxError`."""
    return error.msg if isinstance(error, SyntaxError) and isinstance(error.msg, str) else _text(error)


def _formatted(error: BaseException, shell: Any) -> list[str]:
    if isinstance(error, UsageError):
        return [f"UsageError: {error}"]
    if hasattr(error, "_render_traceback_"):
        own = error._render_traceback_()
        return [own] if isinstance(own, str) else [str(line) for line in own or []]
    if isinstance(error, SyntaxError):
        frames = traceback.extract_tb(error.__traceback__)
        return ["".join(shell.SyntaxTB.structured_traceback(type(error), error, frames))]
    if any(isinstance(each, BaseExceptionGroup) for each in _chain(error)):
        return ["".join(traceback.format_exception(error))]
    stb: list[str] = shell.InteractiveTB.structured_traceback(type(error), error, error.__traceback__, tb_offset=0)
    return stb


def _line(error: BaseException, place: Place | None) -> int | None:
    """The user's line: the innermost one of the traceback that is in this cell."""
    if place is None:
        return None
    found = None
    if isinstance(error, SyntaxError):
        found = place.line_in_cell(error.filename, error.lineno)
    for step in _steps(error.__traceback__):
        found = place.line_in_cell(step.tb_frame.f_code.co_filename, step.tb_lineno) or found
    return found


def _names_in(error: BaseException) -> Iterator[str]:
    """The names of the files, and of the cells, that its traceback leads through."""
    for each in _chain(error):
        if isinstance(each, SyntaxError) and isinstance(each.filename, str):
            yield each.filename
        yield from (step.tb_frame.f_code.co_filename for step in _steps(each.__traceback__))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception, its causes, contexts and members, each once."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        waiting += [each.__cause__, each.__context__]
        if isinstance(each, BaseExceptionGroup):
            waiting += each.exceptions


def _steps(tb: TracebackType | None) -> Iterator[TracebackType]:
    while tb is not None:
        yield tb
        tb = tb.tb_next


def _without_internals(tb: TracebackType | None) -> TracebackType | None:
    """The traceback without our frames and IPython's, and without those that only lead to the user's code."""
    steps = [step for step in _steps(tb) if not _module(step).startswith(INTERNAL)]
    first = next((index for index, step in enumerate(steps) if _module(step).partition(".")[0] not in CARRIERS), 0)
    kept = None
    for step in reversed(steps[first:]):
        linecache.lazycache(step.tb_frame.f_code.co_filename, step.tb_frame.f_globals)
        kept = TracebackType(kept, step.tb_frame, step.tb_lasti, step.tb_lineno)
    return kept


def _module(step: TracebackType) -> str:
    return str(step.tb_frame.f_globals.get("__name__", ""))
