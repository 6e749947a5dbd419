"""Copies of our code, in which a fault can be put without touching what we work on."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

from conformance.faults.fault import Fault

ROOT = Path(__file__).parents[2]
PACKAGES = Path("packages")
STATIC = Path("src/anyhost/server/static")


class Unusable(Exception):
    """A fault that cannot be put into the code, or with which the code cannot be built."""


async def copy_tree(target: Path) -> None:
    """What a server runs and what its page is built from, as they are now, with a page that is built from them."""
    ignored = shutil.ignore_patterns("__pycache__", "node_modules", "dist", "static")
    for name in ("src", "packages"):
        shutil.copytree(ROOT / name, target / name, ignore=ignored)
    # Links to what others wrote; of our own packages, to the copies.
    modules = target / "node_modules"
    (modules / "@anyhost").mkdir(parents=True)
    for entry in (ROOT / "node_modules").iterdir():
        if entry.name not in {"@anyhost", ".vite"}:
            (modules / entry.name).symlink_to(entry)
    for package in (target / "packages").iterdir():
        (modules / "@anyhost" / package.name).symlink_to(package)
    await _build(target)


async def put_fault(fault: Fault, base: Path, target: Path) -> None:
    """Make `target` a copy of `base` with the fault in it, built anew where it has to be. Raises `Unusable`."""
    shutil.copytree(base, target, symlinks=True)
    for link in (target / "node_modules" / "@anyhost").iterdir():
        link.unlink()
        link.symlink_to(target / "packages" / link.name)
    await _succeed("git", "apply", str(fault.path), folder=target)
    if fault.needs_build:
        await _build(target)


async def check(fault: Fault) -> None:
    """Whether the fault can still be put into the code as it is now. Raises `Unusable`."""
    await _succeed("git", "apply", "--check", str(fault.path), folder=ROOT)


async def _build(tree: Path) -> None:
    vite = ROOT / "node_modules" / "vite" / "bin" / "vite.js"
    await _succeed("node", str(vite), "build", "--logLevel", "error", folder=tree / PACKAGES / "page")


async def _succeed(*command: str, folder: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        # A folder within someone's repository is none of its folders: git would leave the patch aside.
        env={**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    if process.returncode:
        raise Unusable(f"{' '.join(command[:2])}: {said.decode().strip()}")
