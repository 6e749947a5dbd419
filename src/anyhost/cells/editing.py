"""What an edit makes of a notebook. Pure: a notebook in, a notebook out; cells keep their ids.

The text of cells that were not touched stays byte for byte, wherever they go. What a place demands of a cell
(a marker, where a script without markers would otherwise be read with other cells; a line end, where the last
cell had none) is added where it stands, and is gone when the cell stands elsewhere: see `Cell.own`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from .lines import ends_line, ends_with_blank_line, line_count, starts_with_blank_line
from .notebook import Cell, Notebook, NotebookError
from .percent import docstring_of, has_markers, read_percent
from .pieces import (
    as_read,
    edited_piece,
    is_marked,
    lines_above_body,
    marker_of,
    new_piece,
    own_text,
)
from .reading import parse_notebook
from .script import read_script
from .writing import new_notebook


def notebook_to_edit(content: bytes, name: str) -> Notebook:
    """What a file is edited as: `parse_notebook`, to be mended. One without a cell has an empty one to write into.

    Raises `NotebookError`.
    """
    if not content.strip():
        return new_notebook(name)
    notebook = parse_notebook(content, name, to_mend=True)
    return notebook if notebook.cells else with_cell(notebook, Cell(kind="code", source=""))


def with_source(notebook: Notebook, cell_id: str, source: str) -> Notebook:
    """The notebook with another source in one cell. Raises `KeyError` where there is no such cell."""
    index = _index(notebook, cell_id)
    was = notebook.cells[index]
    cell = replace(was, source=_writable(source), apart=was.apart or not was.source)
    if notebook.format != "ipynb":
        text = edited_piece(own_text(cell), cell, notebook.line_end)
        cell = replace(cell, raw=text, own=None)
    return placed(notebook, [*notebook.cells[:index], cell, *notebook.cells[index + 1 :]])


def with_cell(notebook: Notebook, cell: Cell, before: str | None = None) -> Notebook:
    """The notebook with a new cell, before another one or at the end. Its text is made of what it says."""
    cell = replace(cell, source=_writable(cell.source), raw="", own=None)
    if notebook.format == "percent":
        cell = replace(cell, raw=new_piece(cell, notebook.line_end))
    elif notebook.format == "script":
        cell = replace(cell, raw=edited_piece("", cell, notebook.line_end))
    return _inserted(notebook, cell, before)


def restored(notebook: Notebook, cell: Cell, before: str | None = None) -> Notebook:
    """The notebook with a cell that it had, as it was: its metadata and its exact text."""
    index = len(notebook.cells) if before is None else _index(notebook, before)
    return placed(notebook, [*notebook.cells[:index], cell, *notebook.cells[index:]])


def _inserted(notebook: Notebook, cell: Cell, before: str | None) -> Notebook:
    """The notebook with a cell that was not there, set apart from what follows, and from what was the last."""
    if before is None and notebook.cells:
        *cells, last = notebook.cells
        notebook = replace(notebook, cells=(*cells, replace(last, apart=True)))
    return restored(notebook, replace(cell, apart=True), before)


def without(notebook: Notebook, cell_id: str) -> Notebook:
    """The notebook without a cell. Raises `KeyError` where there is no such cell."""
    index = _index(notebook, cell_id)
    return placed(notebook, [*notebook.cells[:index], *notebook.cells[index + 1 :]])


def moved(notebook: Notebook, cell_id: str, before: str | None = None) -> Notebook:
    """The notebook with a cell before another one, or at the end. Before itself: where it is."""
    if before == cell_id:
        return notebook
    return _inserted(without(notebook, cell_id), notebook.cells[_index(notebook, cell_id)], before)


def placed(notebook: Notebook, cells: Iterable[Cell]) -> Notebook:
    """The notebook with these cells in this order: their numbers, lines and what their places demand made right."""
    cells = list(cells)
    if notebook.format == "ipynb":
        return replace(notebook, cells=tuple(_put(cell, number) for number, cell in enumerate(cells, 1)))
    end = notebook.line_end
    header = notebook.header if ends_line(notebook.header) or not cells else notebook.header + end
    found, line = [], line_count(header) + 1
    for number, (cell, raw) in enumerate(
        zip(cells, _raws(replace(notebook, header=header), cells, end), strict=True), 1
    ):
        own = own_text(cell)
        found.append(
            _put(cell, number, raw=raw, own=None if own == raw else own, first_line=line + lines_above_body(raw))
        )
        line += line_count(raw)
    return replace(notebook, header=header, cells=tuple(found), docstring=docstring_of(found))


def _put(cell: Cell, number: int, **place: Any) -> Cell:
    """The cell in this place: the very same one where it was there before, as most were."""
    place["number"] = number
    return cell if all(getattr(cell, name) == value for name, value in place.items()) else replace(cell, **place)


def _raws(notebook: Notebook, cells: Sequence[Cell], end: str) -> list[str]:
    """The text of each cell as it has to be where it stands."""
    texts = [own_text(cell) for cell in cells]
    if notebook.format == "script":
        texts = _set_apart(texts, end)
        if _is_script(notebook.header + "".join(texts), cells):
            return texts
    if not cells:
        return []
    marked = [_marked(text, cell, end) for text, cell in zip(texts, cells, strict=True)]
    if _needs_no_marker(notebook.header, texts[0], cells[0]):
        marked[0] = texts[0]
    return [*(_ended(text, cell, end) for text, cell in zip(marked[:-1], cells[:-1], strict=True)), marked[-1]]


def _ended(text: str, cell: Cell, end: str) -> str:
    """The text of a cell that another one follows."""
    if not ends_line(text):
        text += end
    return text + end if cell.apart and not ends_with_blank_line(text) else text


def _marked(text: str, cell: Cell, end: str) -> str:
    if is_marked(text):
        return text
    return marker_of(cell) + end + text if cell.kind == "code" else new_piece(cell, end)


def _needs_no_marker(header: str, text: str, cell: Cell) -> bool:
    """Whether the first cell, which had no marker (it may begin with `#!`), is read as what it is without one."""
    if has_markers(text):
        return False
    read = read_percent(header + text, "")
    return read.header == header and _says_the_same(read.cells, [cell])


def _is_script(text: str, cells: Sequence[Cell]) -> bool:
    """Whether these cells are told from one another without markers. Empty ones are not written down."""
    if has_markers(text):
        return False
    try:
        read = read_script(text, "")
    except NotebookError:
        return False
    return _says_the_same(read.cells, [cell for cell in cells if cell.source.strip()])


def _says_the_same(some: Sequence[Cell], others: Sequence[Cell]) -> bool:
    return [(cell.kind, as_read(cell)) for cell in some] == [(cell.kind, as_read(cell)) for cell in others]


def _set_apart(texts: list[str], end: str) -> list[str]:
    """The texts with a blank line after each one that another one follows."""
    apart = list(texts)
    last: int | None = None
    for index, text in enumerate(texts):
        if not text.strip():
            continue
        if last is not None and not ends_with_blank_line(apart[last]) and not starts_with_blank_line(text):
            apart[last] += end if ends_line(apart[last]) else end + end
        last = index
    return apart


def _index(notebook: Notebook, cell_id: str) -> int:
    for index, cell in enumerate(notebook.cells):
        if cell.cell_id == cell_id:
            return index
    raise KeyError(cell_id)


def _writable(source: str) -> str:
    """Without what no text file can hold: null bytes, halves of characters."""
    return source.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
