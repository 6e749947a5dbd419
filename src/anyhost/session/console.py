"""Printed text, as a terminal would show it in the end.

A progress bar rewrites its line a thousand times, and only the last time can be seen. So what a later
stretch of the same line covers is let go, and such a bar does not grow. What is kept shows the same as
all of it would, and more text can follow: keeping is idempotent, and text may come in any pieces.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_COLOUR = re.compile(r"\x1b\[[0-9;:]*m")
_NO_WIDTH = re.compile(r"\x1b\[[0-9;:]*[mK]")
_RESET = {"\x1b[0m", "\x1b[m"}

_PIECES = 512
"""So many pieces are joined into one: printing stays linear, and nothing is joined for each `print`."""


class _Stretch(NamedTuple):
    """Text of a line up to a carriage return, which puts the next stretch on top of it."""

    text: str
    width: int
    coverable: bool

    @classmethod
    def of(cls, text: str) -> _Stretch:
        plain = _NO_WIDTH.sub("", text)
        colours = _COLOUR.findall(text)
        # Colours that it leaves on, and movements of the cursor, reach beyond the stretch.
        coverable = "\x1b" not in plain and "\b" not in plain and (not colours or colours[-1] in _RESET)
        return cls(text, len(plain), coverable)


class ConsoleText:
    """Text that grows, of one stream. `size` counts the characters that are kept."""

    def __init__(self) -> None:
        self.size = 0
        self._lines: list[str] = []  # whole lines, joined now and then
        self._covered: list[_Stretch] = []  # of the last line: what shows below the open stretch, if anything
        self._open: list[str] = []  # of the last line: what a carriage return has not ended yet

    def write(self, text: str) -> None:
        self.size += len(text)
        *lines, rest = text.split("\n")
        for line in lines:
            self._write_in_line(line)
            self._end_line()
        self._write_in_line(rest)

    def pieces(self) -> tuple[str, ...]:
        """The text in pieces to be joined; they stay as they are when more is written."""
        return (*self._lines, *(f"{stretch.text}\r" for stretch in self._covered), *self._open)

    def _write_in_line(self, text: str) -> None:
        first, *others = text.split("\r")
        self._append(self._open, first)
        for stretch in others:
            self._end_stretch()
            self._append(self._open, stretch)

    def _end_stretch(self) -> None:
        ended = _Stretch.of("".join(self._open))
        self._open.clear()
        while self._covered and self._covered[-1].coverable and self._covered[-1].width <= ended.width:
            self.size -= len(self._covered.pop().text) + 1
        self._covered.append(ended)

    def _end_line(self) -> None:
        self._end_stretch()
        self._append(self._lines, "\r".join(stretch.text for stretch in self._covered) + "\n")
        self._covered.clear()

    @staticmethod
    def _append(pieces: list[str], piece: str) -> None:
        if not piece:
            return
        pieces.append(piece)
        if len(pieces) > _PIECES:
            pieces[:] = ["".join(pieces)]
