"""`anyhost export`: a notebook as one HTML file."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

from anyhost.cells.imports import imported_modules
from anyhost.cells.notebook import NotebookError
from anyhost.cells.reading import read_notebook
from anyhost.chromium import find_chromium
from anyhost.export.exporting import Exported, export_notebook
from anyhost.kernel.launching import WarmProcess
from anyhost.kernel.process import KernelStartError
from anyhost.kernel.starting import kernels_of_this_platform

from .options import Unusable


def export(options: argparse.Namespace, ahead: WarmProcess | None) -> int:
    """Returns the exit code. `ahead`: see `commands.py`. Raises `Unusable`, and what a kernel that cannot start or ends
    early raises.
    """
    path: Path = options.file
    target: Path = options.output or path.with_suffix(".html")
    try:
        modules = imported_modules(read_notebook(path))
    except NotebookError as error:
        raise Unusable(str(error)) from error
    if not target.parent.is_dir():
        raise Unusable(f"there is no folder {target.parent}")
    if target.is_dir() or (target.exists() and target.samefile(path)):
        raise Unusable(f"{target}: expected the name of a page to write, such as {path.stem}.html")
    try:
        exported = asyncio.run(_run_and_write(options, path.resolve(), target, modules, ahead))
    except OSError as error:
        if isinstance(error, KernelStartError):
            raise
        raise Unusable(f"{target}: cannot be written: {error.strerror or error}") from error
    for warning in _warnings(exported, options):
        print(f"anyhost: {warning}", file=sys.stderr)
    print(f"anyhost: {target}, {_size(exported.size)}")
    return 0 if options.allow_errors or not exported.failed else 1


async def _run_and_write(
    options: argparse.Namespace, path: Path, target: Path, modules: list[str], ahead: WarmProcess | None
) -> Exported:
    kernels = kernels_of_this_platform(modules, ahead=ahead)
    shown = sys.stderr.isatty()

    def progress(doing: str) -> None:
        if shown:
            print(f"\r\x1b[Kanyhost: {doing}…", end="", file=sys.stderr, flush=True)

    try:
        async with kernels:
            return await export_notebook(
                path,
                target,
                kernels,
                progress=progress,
                title=options.title,
                show_code=options.show_code,
                settle_seconds=options.settle,
                chromium=None if options.no_browser else find_chromium(options.browser),
            )
    finally:
        if shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _warnings(exported: Exported, options: argparse.Namespace) -> Iterator[str]:
    if exported.failed:
        cells = f"cell{'s' if len(exported.failed) > 1 else ''} {', '.join(map(str, exported.failed))}"
        yield f"{cells}: an error, which the page shows"
    if not exported.settled:
        yield f"widgets still changed {options.settle} s after the last cell; the page has them as they were then"
    if exported.unasked and not options.no_browser:
        yield exported.unasked


def _size(nbytes: int) -> str:
    return f"{nbytes / 1e6:.1f} MB" if nbytes >= 1e6 else f"{nbytes / 1e3:.0f} KB"
