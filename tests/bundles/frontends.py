"""Front ends of packages that nobody has published, in folders as installations leave them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

Files: TypeAlias = Mapping[str, str | bytes]
"""By their paths."""


def amd(folder: Path, place: str, text: str = "define([], () => ({}))", files: Files | None = None) -> Path:
    """`nbextensions/PLACE/index.js`, and further files. Returns the folder of the package."""
    root = folder / "nbextensions" / place
    write(root, {"index.js": text, **(files or {})})
    return root


def federated(folder: Path, name: str, *, load: str = "static/remoteEntry.abc.js", **lab: Any) -> Path:
    """`labextensions/NAME` with a build."""
    root = folder / "labextensions" / name
    build = {"load": load, "extension": "./extension"}
    description = {"name": name, "version": "1.0.0", "jupyterlab": {"_build": build, **lab}}
    write(root, {"package.json": json.dumps(description), "static/remoteEntry.abc.js": "var _JUPYTERLAB;"})
    return root


def write(root: Path, files: Files) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
