"""The text of one cell in a percent file: its marker line, its body, and the blank lines around it.

An edit replaces the body and nothing else: the marker with its title and metadata, the blank lines below it and
those before the next cell stay as they are.
"""

from __future__ import annotations

import json
import re

from .lines import ends_line, is_blank, is_comment, line_count, line_ends, split_lines, text_of, trim_blank_lines
from .notebook import Cell
from .percent import MARKER, is_quoted

_QUOTES = ('"""', "'''")
_NO_BREAK = "\N{NO-BREAK SPACE}"


def is_marked(text: str) -> bool:
    return MARKER.match(text) is not None


def new_piece(cell: Cell, end: str) -> str:
    """The text of a cell that had none."""
    body = _body(cell).replace("\n", end)
    return marker_of(cell) + end + (body + end if body else "")


def marker_of(cell: Cell) -> str:
    """`# %% title [kind] key=json`, as Jupytext writes it."""
    kind = "" if cell.kind == "code" else f"[{cell.kind}]"
    options = [f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in cell.metadata.items()]
    return " ".join(["# %%", *filter(None, [cell.title, kind]), *options])


def own_text(cell: Cell) -> str:
    """The cell's text without what only its place demands."""
    return cell.raw if cell.own is None else cell.own


def lines_above_body(text: str) -> int:
    """How many lines of a cell are above its source."""
    marker = split_lines(text[: text.find("\n") + 1] or text)[0] if is_marked(text) else ""
    body = text[len(marker) :]
    above = body[: len(body) - len(body.lstrip())]
    return line_count(marker) + (line_count(above) if above == body else line_ends(above))


def as_read(cell: Cell) -> str:
    """What a cell says, as it is read from a file again: blank lines around it are lost."""
    return text_of(trim_blank_lines(split_lines(cell.source))[1])


def edited_piece(text: str, cell: Cell, end: str) -> str:
    """The text of a cell that says `cell.source` now."""
    lines = split_lines(text)
    marker = 1 if is_marked(text) else 0
    skipped, body = trim_blank_lines(lines[marker:])
    start = marker + (skipped if body else 0)
    if not marker and cell.kind != "code":
        # What is above a script's docstring (`#!`) is no part of it.
        above = next((index for index, line in enumerate(body) if not is_blank(line) and not is_comment(line)), 0)
        start, body = start + above, body[above:]
    before, after = "".join(lines[:start]), "".join(lines[start + len(body) :])
    new = _body(cell, "".join(body)).replace("\n", end)
    if not new:
        return before + after
    if not ends_line(before):
        before += end  # a marker at the end of the file
    # A file that ends without a line end goes on doing so.
    return before + new + ("" if body and not ends_line(text) else end) + after


def _body(cell: Cell, was: str = "") -> str:
    """What a cell says as lines of the file, without a last line end. Blank lines at an end of Markdown are text."""
    if cell.kind == "code":
        return as_read(cell)
    return _commented(cell.source.replace("\r\n", "\n").replace("\r", "\n"), was) if cell.source else ""


def _commented(source: str, was: str) -> str:
    """Markdown as comments, or as the string literal that it was, or that keeps what looks like a marker inside."""
    lines = [f"# {line}" if line else "#" for line in source.split("\n")]
    looks_marked = any(map(is_marked, lines))
    if looks_marked or is_quoted(was):
        usual = sorted(_QUOTES, key=lambda each: not was.lstrip("rR").startswith(each))
        quotes = next((each for each in usual if each not in source), None)
        if quotes is not None:
            prefix = "r" if "\\" in source or was[:1] in {"r", "R"} else ""
            return f"{prefix}{quotes}\n{source}\n{quotes}"
        # Nothing else is left where the text has quotes of both kinds.
        lines = [re.sub(r"^#[ \t]*(?=%%)", f"#{_NO_BREAK}", line) for line in lines]
    return "\n".join(lines)
