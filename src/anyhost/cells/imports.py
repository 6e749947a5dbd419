"""The modules that a notebook imports, so that they can be loaded before its cells run."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .notebook import Notebook


def imported_modules(notebook: Notebook) -> list[str]:
    """Dotted names, in order, each once. A cell that does not parse (it may hold a magic) is left out."""
    found: dict[str, None] = {}
    for cell in notebook.cells:
        if cell.kind == "code":
            found.update(dict.fromkeys(_imported_by(cell.source)))
    return list(found)


def _imported_by(source: str) -> Iterator[str]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
