"""Compiles cells so that a traceback points at the user's line: by real file names and line numbers."""

from __future__ import annotations

import contextlib
import linecache
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from IPython.core.compilerop import CachingCompiler


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cell's source is: in which file, or under which name, and from which line on."""

    filename: str
    first_line: int
    line_count: int

    def line_in_cell(self, filename: str | None, lineno: int | None) -> int | None:
        """The line within the cell, from 1, if this place in the code belongs to the cell."""
        if filename != self.filename or lineno is None:
            return None
        line = lineno - self.first_line + 1
        return line if 1 <= line <= self.line_count else None


class CellCompiler(CachingCompiler):  # type: ignore[misc]
    """IPython's compiler, but a cell's code has its own place instead of a made-up name."""

    def __init__(self) -> None:
        super().__init__()
        self.reset_compiler_flags()  # else "incomplete input" is all that is said of an unclosed bracket
        self._place: Place | None = None
        self._names: set[str] = set()

    @contextlib.contextmanager
    def at(self, place: Place) -> Iterator[None]:
        """What is compiled inside this block as a cell is the cell at this place."""
        before, self._place = self._place, place
        try:
            yield
        finally:
            self._place = before

    def remember(self, filename: str, text: str, *, is_file: bool) -> None:
        """Keep the text that runs for tracebacks, `inspect` and debuggers, whatever becomes of the file.

        With `is_file`, tracebacks write `file:line`; otherwise the name is spelled out.
        """
        # An entry without a time is never thrown away as outdated.
        linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
        if not is_file:
            self._names.add(filename)

    def cache(self, transformed_code: str, number: int = 0, raw_code: str | None = None) -> str:
        if self._place is None:
            return str(super().cache(transformed_code, number, raw_code))
        return self._place.filename

    def ast_parse(self, source: str, filename: str = "<unknown>", symbol: str = "exec") -> Any:
        if self._place is not None and filename == self._place.filename:
            source = "\n" * (self._place.first_line - 1) + source
        return super().ast_parse(source, filename, symbol)

    def format_code_name(self, name: str) -> tuple[str, str] | None:
        if name in self._names:
            return "File", name
        found: tuple[str, str] | None = super().format_code_name(name)
        return found
