"""`anyhost export`: a notebook, run and written as one HTML file."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from anyhost.kernel.handle import KernelStarter
from anyhost.session.notebookfile import NotebookFile

from .page import page_of
from .running import SETTLE_SECONDS, Progress, run_notebook


@dataclass(frozen=True, slots=True)
class Exported:
    """What came of it."""

    size: int
    """Of the file, in bytes."""
    failed: list[int]
    """The cells that raised an error, which the page shows."""
    settled: bool
    """False: widgets still changed when the time to settle was over. The page has them as they were then."""
    answers: int
    """How many questions of widgets the page has answers to."""
    unasked: str | None
    """What is to be said of widgets that may ask Python something, and will not be answered, or not always."""


async def export_notebook(
    path: Path,
    target: Path,
    starter: KernelStarter,
    *,
    progress: Progress,
    title: str | None = None,
    show_code: bool = False,
    settle_seconds: float = SETTLE_SECONDS,
    chromium: str | None = None,
) -> Exported:
    """Run the notebook at `path` and write what it shows to `target`, whole or not at all. `chromium` opens it for
    widgets that may ask Python something when they start.

    Raises `KernelEnded`, `NotBuilt`, `OSError` of the file, and what `starter` raises; then nothing is written.
    """
    ran = await run_notebook(
        path, starter, progress=progress, show_code=show_code, settle_seconds=settle_seconds, chromium=chromium
    )
    progress("writing the page")
    content = page_of(ran, title=title or ran.name)
    file = NotebookFile(target)
    await asyncio.to_thread(lambda: file.write(content, file.read()))
    return Exported(len(content), ran.failed, ran.settled, len(ran.answers), ran.unasked)
