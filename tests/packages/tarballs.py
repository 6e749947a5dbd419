"""Our npm packages as `npm pack` makes them, installed into a folder that knows nothing of the workspace."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def pack(folder: Path) -> dict[str, Path]:
    """The tarballs of our packages by name, and of what they need, as it is in the workspace."""
    run("node", ROOT / "packages" / "pack.mjs", folder, cwd=ROOT)
    found = {f"@anyhost/{name}": folder / f"anyhost-{name}-0.1.0.tgz" for name in ("protocol", "runtime", "react")}
    names = ("zod", "react", "react-dom", "scheduler", "csstype", "@types/react", "@types/react-dom")
    sources = [ROOT / "node_modules" / name for name in names]
    told = run("npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", folder, *sources, cwd=ROOT)
    found.update({name: folder / line for name, line in zip(names, told.split(), strict=True)})
    return found


def install(folder: Path, tarballs: dict[str, Path]) -> None:
    """`npm install` of these, without a network; tools are those of the workspace."""
    manifest = folder / "package.json"
    described = json.loads(manifest.read_text("utf-8")) if manifest.exists() else {"private": True, "type": "module"}
    described.pop("devDependencies", None)
    described["dependencies"] = {name: f"file:{path}" for name, path in tarballs.items()}
    manifest.write_text(json.dumps(described), "utf-8")
    run("npm", "install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", cwd=folder)


def tool(name: str, *arguments: str, cwd: Path) -> str:
    """A command of the workspace's, such as `tsc`, in a folder."""
    return run(ROOT / "node_modules" / ".bin" / name, *arguments, cwd=cwd)


def run(command: str | Path, *arguments: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [shutil.which(command) or str(command), *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
