"""The percent format: Python with `# %%` lines, which VS Code, Spyder and Jupytext share.

    # %% [markdown]
    # # A title
    # %% A cell with a name tags=["setup"]
    x = 1

What follows a marker up to the next belongs to its cell, whether it parses or not.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from .lines import is_blank, is_comment, lines_in_strings, split_lines, text_of, trim_blank_lines
from .notebook import Cell, CellKind, Notebook, numbered

# `# %%time` is a cell magic that jupytext has commented out, and no marker.
MARKER = re.compile(r"#[ \t]*%%+(?=\s|$)(?P<rest>[^\r\n]*)")
_KIND = re.compile(r"\[(?P<kind>markdown|md|raw|code)\]")
_KINDS: dict[str, CellKind] = {"markdown": "markdown", "md": "markdown", "raw": "raw", "code": "code"}
_OPTION = re.compile(r"(?:^|\s)(?P<key>[A-Za-z_][\w.-]*)=")
_QUOTED = re.compile(r"""[rR]?(?P<quotes>\"{3}|'{3})(?P<text>.*)(?P=quotes)\s*\Z""", re.DOTALL)


def has_markers(text: str) -> bool:
    """Whether a script says itself where its cells begin."""
    return bool(_marked_lines(text, split_lines(text)))


def read_percent(text: str, name: str) -> Notebook:
    """The notebook in a script with markers. Every text is one: what does not parse fails when it runs."""
    lines = split_lines(text)
    marked = _marked_lines(text, lines)
    first = marked[0] if marked else len(lines)
    header, cells = _before_first_marker(lines[:first])
    for start, end in pairwise([*marked, len(lines)]):
        cells.append(_marked_cell(lines[start:end], start + 1))
    return Notebook(name=name, header=header, cells=numbered(cells), docstring=docstring_of(cells))


def _marked_lines(text: str, lines: list[str]) -> list[int]:
    if "%%" not in text:
        return []
    in_strings = lines_in_strings(text)
    return [index for index, line in enumerate(lines) if MARKER.match(line) and index not in in_strings]


def _before_first_marker(lines: list[str]) -> tuple[str, list[Cell]]:
    """Comments at the top (`#!`, an encoding, jupytext's YAML) are no cell; code is one without a marker."""
    begin = _end_of_yaml(lines)
    code = next((index for index, line in enumerate(lines) if not is_blank(line) and not is_comment(line)), None)
    if code is None:
        return "".join(lines), []
    skipped, body = trim_blank_lines(lines[begin:])
    cell = Cell(kind="code", source=text_of(body), first_line=begin + skipped + 1, raw="".join(lines[begin:]))
    return "".join(lines[:begin]), [as_documentation(cell)]


def _end_of_yaml(lines: list[str]) -> int:
    """How many lines the header takes that jupytext writes: comments from `# ---` to `# ---`."""
    rules = [index for index, line in enumerate(lines) if line.rstrip() == "# ---"]
    if len(rules) < 2 or not all(is_comment(line) or is_blank(line) for line in lines[: rules[1]]):
        return 0
    return rules[1] + 1


def _marked_cell(lines: list[str], line_number: int) -> Cell:
    marker = MARKER.match(lines[0])
    kind, title, metadata = _described(marker["rest"].strip() if marker else "")
    skipped, body = trim_blank_lines(lines[1:])
    source = text_of(body)
    return Cell(
        kind=kind,
        source=source if kind == "code" else _prose(source),
        first_line=line_number + 1 + skipped,
        title=title,
        metadata=metadata,
        raw="".join(lines),
        cell_id=metadata["id"] if isinstance(metadata.get("id"), str) else "",
    )


def _described(text: str) -> tuple[CellKind, str, dict[str, Any]]:
    """What a marker says: `title [kind] key=json key=json`, or `title {"key": json}`. The rest is title."""
    kind: CellKind = "code"
    if found := _KIND.search(text):
        kind = _KINDS[found["kind"]]
        title, options = text[: found.start()].strip(), text[found.end() :].strip()
        metadata, rest = _options(options)
        if not metadata and not title:
            title = rest
        return kind, title, metadata
    metadata, title = _options(text)
    return kind, title, metadata


def _options(text: str) -> tuple[dict[str, Any], str]:
    """The options at the end of a text, and what is before them. What is no option is left as it is."""
    brace = text.find("{")
    if brace >= 0 and text.endswith("}") and "=" not in text[:brace]:
        try:
            return json.loads(text[brace:]), text[:brace].strip()
        except ValueError:
            return {}, text
    found = list(_OPTION.finditer(text))
    for begin, first in enumerate(found):
        ends = [*(each.start() for each in found[begin + 1 :]), len(text)]
        metadata: dict[str, Any] = {}
        try:
            for each, end in zip(found[begin:], ends, strict=True):
                metadata[each["key"]] = json.loads(text[each.end() : end].strip())
        except ValueError:
            continue
        return metadata, text[: first.start()].strip()
    return {}, text


def is_quoted(text: str) -> bool:
    """Whether the text of a Markdown cell is a string literal."""
    return _QUOTED.fullmatch(text) is not None


def _prose(source: str) -> str:
    """The text of a Markdown or raw cell: a string literal, or comment lines without their `#`."""
    if quoted := _QUOTED.fullmatch(source):
        return quoted["text"].strip("\n")
    return "\n".join(_uncommented(line) for line in source.split("\n"))


def _uncommented(line: str) -> str:
    return line[2:] if line.startswith("# ") else line.removeprefix("#")


def as_documentation(cell: Cell) -> Cell:
    """A code cell that is nothing but a docstring, as the Markdown cell that its author means it to be."""
    text = _only_docstring(cell.source) if cell.kind == "code" else None
    if text is None:
        return cell
    return Cell(kind="markdown", source=text, first_line=cell.first_line, raw=cell.raw)


def _only_docstring(source: str) -> str | None:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return None
    return ast.get_docstring(tree) if len(tree.body) == 1 else None


def docstring_of(cells: Iterable[Cell]) -> str | None:
    """What `__doc__` is when the file runs as a script: its first statement, where that is a string."""
    for cell in cells:
        try:
            tree = ast.parse(cell.raw)
        except (SyntaxError, ValueError):
            return None
        if tree.body:
            return ast.get_docstring(tree)
    return None
