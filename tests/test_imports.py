"""Imports point one way (`design.md`, section 4)."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src" / "anyhost"

MAY_IMPORT: dict[str, set[str]] = {
    "protocol": set(),
    "channels": set(),
    "cells": set(),
    "bundles": set(),
    "chromium": set(),
    "kernel": {"protocol", "channels", "cells"},
    "session": {"protocol", "channels", "cells", "kernel"},
    "server": {"protocol", "channels", "cells", "kernel", "session", "bundles"},
    "mounting": {"protocol", "channels", "kernel", "session", "server"},
    "export": {"protocol", "channels", "cells", "kernel", "session", "server", "bundles"},
    "testing": {"protocol", "channels", "cells", "kernel", "session", "server", "mounting", "chromium"},
    "cli": {"protocol", "channels", "cells", "kernel", "session", "server", "export", "chromium"},
    "demo": {""},  # a notebook as users write them: the public names
    # The package itself loads its names when they are asked for, so that a kernel does not load the server.
    "__init__": {"kernel", "mounting"},
    "__main__": {"cli"},
}


def imports_of(path: Path) -> Iterator[tuple[str, ast.stmt, bool]]:
    """Each import of ours in a file: the part it names, where it is, and whether it is inside a function."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    package = ("anyhost", *path.relative_to(SOURCE).parts[:-1])
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            names = [module] if node.module else [f"{module}.{alias.name}" for alias in node.names]
            if module == "anyhost":
                names = [f"anyhost.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            first, _, rest = name.partition(".")
            if first == "anyhost":
                yield rest.partition(".")[0], node, id(node) in inside


def part_of(path: Path) -> str:
    first = path.relative_to(SOURCE).parts[0]
    return first.removesuffix(".py")


def test_every_import_points_down() -> None:
    wrong = [
        f"{path.relative_to(SOURCE)}:{node.lineno} imports {part}"
        for path in SOURCE.rglob("*.py")
        for part, node, _ in imports_of(path)
        if part not in MAY_IMPORT[part_of(path)] | {part_of(path), "__version__"}
    ]
    assert wrong == []


def test_nothing_of_ours_is_imported_inside_a_function() -> None:
    wrong = [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path in SOURCE.rglob("*.py")
        for _, node, inside in imports_of(path)
        if inside
    ]
    assert wrong == []


def test_a_kernel_does_not_load_the_server() -> None:
    """It would cost every session its memory and its start."""
    code = (
        "import sys, anyhost, anyhost.kernel.kernel;"
        "print([m for m in ('starlette', 'uvicorn', 'websockets', 'anyhost.server') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
