"""The adapter for anyhost: `anyhost run` with a notebook that holds the harness's widget."""

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
SAID = ROOT / "conformance" / "results" / "anyhost.stderr"
NOTEBOOK = Path(__file__).with_name("anyhost_notebook.py")


class AnyhostSession:
    """A tab: with `anyhost run` each has a Python process of its own."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def open(self, page: Page) -> None:
        await page.goto(self._address)

    async def offline(self, page: Page) -> None:
        await page.context.set_offline(True)

    async def online(self, page: Page) -> None:
        await page.context.set_offline(False)


class Anyhost:
    """A server that runs."""

    name = "anyhost"
    script = """
        conformance.host = {
          show(modelId, slot) {
            const view = document.createElement("any-view");
            view.setAttribute("model-id", modelId);
            slot.append(view);
          },
          remove(slot) {
            slot.replaceChildren();
          },
        };
    """

    def __init__(self, address: str) -> None:
        self._address = address

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AnyhostSession]:
        yield AnyhostSession(self._address)


@asynccontextmanager
async def start() -> AsyncIterator[Anyhost]:
    """A server for all cases: each case is a tab, and so has a session of its own."""
    SAID.parent.mkdir(exist_ok=True)
    with SAID.open("wb") as said:
        process = await asyncio.create_subprocess_exec(
            *[sys.executable, "-m", "anyhost", "run", str(NOTEBOOK)],
            *["--port", "0", "--no-open", "--no-token", "--max-sessions", "1000"],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=asyncio.subprocess.PIPE,
            stderr=said,
        )
    try:
        assert process.stdout is not None
        line = (await asyncio.wait_for(process.stdout.readline(), 30)).decode()
        found = re.search(r"http://\S+", line)
        if not found:
            raise RuntimeError(f"the server said {line!r} instead of its address; see {SAID}")
        yield Anyhost(found[0])
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
