"""The adapter for anyhost: `anyhost run` with a notebook that holds the harness's widget."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import Page

from conformance.hosts.line import Line

ROOT = Path(__file__).parents[2]
SAID = ROOT / "conformance" / "results" / "anyhost.stderr"
NOTEBOOK = Path(__file__).with_name("anyhost_notebook.py")


class AnyhostSession:
    """A tab: with `anyhost run` each has a Python process of its own."""

    def __init__(self, address: str, line: Line | None) -> None:
        self._address = address
        self._line = line
        self._first: Page | None = None

    async def open(self, page: Page) -> None:
        if self._first is not None:
            await page.add_init_script(f"({JOIN})({json.dumps(await self._first.evaluate(STORED))})")
        self._first = self._first or page
        await page.goto(self._address)

    async def offline(self) -> None:
        if self._line is None:
            raise NotImplementedError
        self._line.cut()

    async def online(self) -> None:
        if self._line is None:
            raise NotImplementedError
        self._line.mend()


# What a tab remembers of its session, and how another tab takes part in it: as a client of its own.
STORED = "() => Object.entries(sessionStorage)"
JOIN = """(entries) => {
  if (sessionStorage.length) return;
  for (const [key, value] of entries) {
    sessionStorage.setItem(key, JSON.stringify({ ...JSON.parse(value), client: "a tab that never was" }));
  }
}"""


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
    async def session(self, *, cuttable: bool) -> AsyncIterator[AnyhostSession]:
        if not cuttable:
            yield AnyhostSession(self._address, None)
            return
        parts = urlsplit(self._address)
        assert parts.port is not None
        async with Line(parts.port) as line:
            yield AnyhostSession(f"http://127.0.0.1:{line.port}{parts.path}", line)


@asynccontextmanager
async def start(tree: Path = ROOT) -> AsyncIterator[Anyhost]:
    """A server for all cases: each case is a tab, and so has a session of its own. `tree`: whose code it runs."""
    SAID.parent.mkdir(exist_ok=True)
    with SAID.open("wb") as said:
        process = await asyncio.create_subprocess_exec(
            *[sys.executable, "-m", "anyhost", "run", str(NOTEBOOK)],
            *["--port", "0", "--no-open", "--no-token", "--max-sessions", "1000"],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, [tree / "src", ROOT]))},
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
