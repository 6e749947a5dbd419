"""The adapter for the reference: anywidget's published front end on Jupyter's widget manager.

Its Python process is `conformance.reference.kernel`, its page is built from `conformance/reference`.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Page

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "conformance" / "reference"
BUNDLE = FOLDER / "dist" / "page.js"


class ReferenceSession:
    """A kernel process."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def open(self, page: Page) -> None:
        await page.goto(self._address)

    async def offline(self) -> None:
        raise NotImplementedError("a lost connection is the business of Jupyter's front ends, not of their widgets")

    async def online(self) -> None:
        raise NotImplementedError


class Reference:
    """Starts a kernel process for each session."""

    name = "reference"
    script = ""  # its own page sets `conformance.host`

    @asynccontextmanager
    async def session(self, *, cuttable: bool) -> AsyncIterator[ReferenceSession]:
        del cuttable
        process = await asyncio.create_subprocess_exec(
            *[sys.executable, "-m", "conformance.reference.kernel"],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            assert process.stdout is not None
            line = (await asyncio.wait_for(process.stdout.readline(), 30)).decode()
            found = re.search(r"http://\S+", line)
            if not found:
                raise RuntimeError(f"the kernel said {line!r} instead of its address")
            yield ReferenceSession(found[0])
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


@asynccontextmanager
async def start() -> AsyncIterator[Reference]:
    """Build the page if it is not there, or older than what it is built from."""
    sources = [*FOLDER.glob("*.js"), *FOLDER.glob("*.ts"), ROOT / "package-lock.json"]
    if not BUNDLE.exists() or BUNDLE.stat().st_mtime < max(source.stat().st_mtime for source in sources):
        process = await asyncio.create_subprocess_exec(
            *["npm", "run", "build", "--workspace", "conformance"], cwd=ROOT, stdout=asyncio.subprocess.DEVNULL
        )
        if await process.wait():
            raise RuntimeError("the reference's page could not be built: npm run build --workspace conformance")
    yield Reference()
