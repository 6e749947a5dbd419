"""Lines of Python source: as Python counts them, and which of them begin inside a string."""

from __future__ import annotations

import io
import re
from bisect import bisect_left, bisect_right

_TOKEN = re.compile(
    r"""
      \#[^\n]*                          # a comment: quotes in it mean nothing
    | (?P<triple>\"{3}|'{3})            # opens a string of many lines
    | "(?:\\(?:\r\n|.)|[^"\\\r\n])*"?   # a string of one line, closed or not
    | '(?:\\(?:\r\n|.)|[^'\\\r\n])*'?
    """,
    re.VERBOSE | re.DOTALL,
)


def split_lines(text: str) -> list[str]:
    """The lines with their ends. Python ends a line at LF, CR LF and CR only; `str.splitlines` at much more."""
    return list(io.StringIO(text, newline=""))


def line_end_of(text: str) -> str:
    """How lines end here: as the first one does; with LF where there is none."""
    found = re.search(r"\r\n|\r|\n", text)
    return found[0] if found else "\n"


def line_ends(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def line_count(text: str) -> int:
    """How many lines `split_lines` makes of it."""
    return line_ends(text) + (not ends_line(text))


def ends_line(text: str) -> bool:
    return not text or text[-1] in "\r\n"


def starts_with_blank_line(text: str) -> bool:
    return line_ends(text[: len(text) - len(text.lstrip())]) > 0


def ends_with_blank_line(text: str) -> bool:
    return line_ends(text[len(text.rstrip()) :]) > 1


def is_blank(line: str) -> bool:
    return not line.strip()


def is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def trim_blank_lines(lines: list[str]) -> tuple[int, list[str]]:
    """The lines without blank ones around them, and how many went at the front."""
    start, end = 0, len(lines)
    while start < end and is_blank(lines[start]):
        start += 1
    while end > start and is_blank(lines[end - 1]):
        end -= 1
    return start, lines[start:end]


def text_of(lines: list[str]) -> str:
    """Lines as one text with LF, without a last line end."""
    return "".join(lines).replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")


def lines_in_strings(text: str) -> set[int]:
    """The numbers (from 0) of the lines that begin inside a string of many lines.

    The text need not parse: one broken cell must not take the others along. A string that never ends is
    taken to have been meant for its own line only.
    """
    inside: set[int] = set()
    starts = _line_starts(text)
    position = 0
    while (token := _TOKEN.search(text, position)) is not None:
        position = token.end()
        quotes = token["triple"]
        if quotes is None:
            continue
        end = _closing(text, quotes, position)
        if end is not None:
            inside.update(_lines_between(starts, position, end))
            position = end
    return inside


def _closing(text: str, quotes: str, position: int) -> int | None:
    """Where the string ends whose text begins at `position`, past its quotes."""
    escaped_or_end = re.compile(rf"\\.|{quotes}", re.DOTALL)
    while (found := escaped_or_end.search(text, position)) is not None:
        position = found.end()
        if found[0] == quotes:
            return position
    return None


def _line_starts(text: str) -> list[int]:
    starts, position = [], 0
    for line in split_lines(text):
        starts.append(position)
        position += len(line)
    return starts


def _lines_between(starts: list[int], begin: int, end: int) -> range:
    """The lines that start after `begin` and before `end`."""
    return range(bisect_right(starts, begin), bisect_left(starts, end))
