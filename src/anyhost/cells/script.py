"""A script without marks: a blank line at top level starts a new cell.

Never inside a statement, so that brackets, strings, decorators and the blocks of `if`, `def` and
`class` stay whole. Comments belong to what follows them.
"""

from __future__ import annotations

import ast
from itertools import pairwise

from .lines import is_blank, is_comment, split_lines, text_of, trim_blank_lines
from .notebook import Cell, Notebook, NotebookError, numbered
from .percent import as_documentation


def read_script(text: str, name: str) -> Notebook:
    """The notebook in a script. Raises `NotebookError` where it does not parse: its cells cannot be told then."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        raise NotebookError(_explain(error, name)) from error
    lines = split_lines(text)
    starts = _cell_starts(lines, _spans(tree))
    header = "".join(lines[: starts[0]]) if starts else "".join(lines)
    cells = [_cell(lines, start, end) for start, end in pairwise([*starts, len(lines)])]
    if cells:
        cells[0] = as_documentation(cells[0])
    return Notebook(
        name=name,
        header=header,
        cells=numbered(cells),
        docstring=ast.get_docstring(tree),
        format="script" if cells else "percent",
    )


def read_broken_script(text: str, name: str) -> Notebook:
    """A script that does not parse, as one cell: somebody is to mend it."""
    lines = split_lines(text)
    return Notebook(name=name, cells=numbered([_cell(lines, 0, len(lines))]), format="script")


def _spans(tree: ast.Module) -> list[range]:
    """The lines (from 0) of each top-level statement, decorators included."""
    spans = []
    for node in tree.body:
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(each.lineno for each in decorators)])
        spans.append(range(first - 1, node.end_lineno or node.lineno))
    return spans


def _cell_starts(lines: list[str], spans: list[range]) -> list[int]:
    """Where cells begin: at the comments above the first statement after a blank line.

    A `#!` or an encoding at the top goes with the first cell, as its comment.
    """
    starts: list[int] = []
    end_of_last = 0
    for span in spans:
        if span.start < end_of_last:
            continue  # `a = 1; b = 2`
        between = lines[end_of_last : span.start]
        if not starts or any(is_blank(line) for line in between):
            offset = next((index for index, line in enumerate(between) if is_comment(line)), len(between))
            # A comment right below a statement, before the blank line, is about that statement.
            if starts and offset == 0:
                blank = next(index for index, line in enumerate(between) if is_blank(line))
                offset = next((i for i in range(blank, len(between)) if is_comment(between[i])), len(between))
            starts.append(end_of_last + offset)
        end_of_last = span.stop
    return starts


def _cell(lines: list[str], start: int, end: int) -> Cell:
    skipped, body = trim_blank_lines(lines[start:end])
    return Cell(kind="code", source=text_of(body), first_line=start + skipped + 1, raw="".join(lines[start:end]))


def _explain(error: Exception, name: str) -> str:
    where = f", line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
    reason = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{name}{where}: this is not Python: {reason}"
