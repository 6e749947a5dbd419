"""Builds the front end into the wheel: `src/anyhost/*/static`, made by npm from `packages/`."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OLDEST_NODE = 20


class FrontEndBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs `npm install` and `npm run build`, unless `ANYHOST_SKIP_FRONT_END` says that the caller builds it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling calls it so
        if self.target_name == "sdist" or os.environ.get("ANYHOST_SKIP_FRONT_END"):
            return
        npm = _find_npm()
        for arguments in (["install", "--no-audit", "--no-fund"], ["run", "build"]):
            done = subprocess.run([npm, *arguments], cwd=self.root, capture_output=True, text=True, check=False)
            if done.returncode:
                raise SystemExit(f"anyhost: `npm {' '.join(arguments)}` failed:\n{done.stdout}{done.stderr}")
        for made in ("src/anyhost/server/static/index.html", "src/anyhost/export/static/prose.js"):
            if not (Path(self.root) / made).is_file():
                raise SystemExit(f"anyhost: `npm run build` left no {made}")


def _find_npm() -> str:
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        raise SystemExit(
            f"anyhost: building the front end needs Node.js {OLDEST_NODE} or later with npm, and "
            f"{'npm' if node else 'node'} is not on the PATH. Install Node.js, or install a built wheel instead."
        )
    found = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(found.removeprefix("v").split(".")[0]) < OLDEST_NODE:
        raise SystemExit(f"anyhost: building the front end needs Node.js {OLDEST_NODE} or later, found {found}.")
    return npm
