"""From a notebook to its file. The counterpart of `reading.py`."""

from __future__ import annotations

from .ipynb import StoredRuns, write_ipynb
from .notebook import Cell, Notebook, NotebookError, numbered
from .reading import declared_encoding, parse_notebook


def new_notebook(name: str) -> Notebook:
    """The notebook of a file that is new: one empty code cell. `name` tells the format."""
    if name.endswith(".ipynb"):
        return Notebook(name=name, cells=numbered([Cell(kind="code", source="")]), format="ipynb")
    return parse_notebook(b"# %%\n", name)


def write_notebook(notebook: Notebook, runs: StoredRuns | None = None) -> bytes:
    """The content of the file. In an `.ipynb`, cells that are in `runs` get what those have left; a script holds none.

    Raises `NotebookError`, in one line, where the file's encoding lacks a character.
    """
    if notebook.format == "ipynb":
        return write_ipynb(notebook, runs or {}).encode()
    text = notebook.text
    # An edit may have changed the line that says it.
    encoding = declared_encoding(text.encode(), notebook.name)
    if encoding == "utf-8" and notebook.encoding == "utf-8-sig":
        encoding = notebook.encoding
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise NotebookError(
            f"{notebook.name}, line {line}: {error.object[error.start]!r} cannot be written in {encoding}, "
            "which the comment at the top of the file asks for: take that comment away, and it is UTF-8"
        ) from error
