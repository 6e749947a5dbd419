"""A notebook as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .notebook import Notebook
from .reading import parse_notebook


def new_notebook(name: str) -> Notebook:
    """The notebook of a file that is new: one empty cell."""
    return parse_notebook(b"# %%\n", name)


def write_notebook(notebook: Notebook, outputs: Mapping[str, Sequence[dict[str, Any]]] | None = None) -> bytes:
    """The content of the file."""
    return notebook.content
