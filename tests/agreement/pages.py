"""The clients: one Node process with the shipped TypeScript, and the lines of JSON that it is driven by."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import tempfile
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any, NamedTuple, Self

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

LONGEST_LINE = 64 << 20


class Said(NamedTuple):
    """The custom messages of one slot to one model: how many, and how many of them by pages that are no more."""

    slot: int
    model: str
    total: int
    before: int


class Reports(NamedTuple):
    """What the clients hold, by slot (see `client.ts`), and what they have sent."""

    clients: dict[int, Any]
    said: list[Said]


class Pages:
    """A Node process with some clients; `Pages()` is an async context manager that owns it."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="anyhost-agreement-")
        self._node: Process
        self._serial = 0

    async def __aenter__(self) -> Self:
        script = await asyncio.to_thread(_bundled, Path(self._folder.name))
        node = shutil.which("node") or "node"
        self._node = await asyncio.create_subprocess_exec(
            node, "--experimental-websocket", "--no-warnings", script, stdin=PIPE, stdout=PIPE, limit=LONGEST_LINE
        )
        return self

    async def __aexit__(self, *exc: object) -> None:
        assert self._node.stdin
        self._node.stdin.close()
        try:
            async with asyncio.timeout(5):
                await self._node.wait()
        except TimeoutError:
            self._node.kill()
            await self._node.wait()
        self._folder.cleanup()

    def order(self, *orders: dict[str, Any]) -> None:
        """Have the clients do this, in this order, without waiting for it."""
        assert self._node.stdin
        self._node.stdin.write(json.dumps(orders).encode() + b"\n")

    async def quiet(self, model: str, serial: int, seconds: float) -> Reports:
        """Wait until all clients are live, have all their answers, and know this report; what they hold then."""
        self._serial += 1
        self.order({"do": "await", "id": self._serial, "model": model, "serial": serial})
        try:
            return await self._answer(seconds)
        except TimeoutError:
            told = ("phase", "unanswered", "sent", "errors", "received")
            clients = {slot: {key: one[key] for key in told} for slot, one in (await self.report()).clients.items()}
            raise AssertionError(f"the clients are not quiet after {seconds} s: {clients}") from None

    async def report(self) -> Reports:
        """What they hold at this moment; an `await` is over with it."""
        assert self._node.stdin
        self._node.stdin.write(b'"report"\n')
        return await self._answer(10)

    async def _answer(self, seconds: float) -> Reports:
        assert self._node.stdout
        async with asyncio.timeout(seconds):
            line = await self._node.stdout.readline()
        if not line:
            raise AssertionError(f"the clients' process has ended: {await self._node.wait()}")
        answer = json.loads(line)
        said = [Said(**one) for one in answer["said"]]
        return Reports({int(slot): report for slot, report in answer["clients"].items()}, said)


def _bundled(folder: Path) -> Path:
    command = ["node", str(ROOT / "node_modules/vite/bin/vite.js"), "build", "--config", str(HERE / "vite.config.ts")]
    options = ["--ssr", str(HERE / "client.ts"), "--outDir", str(folder), "--emptyOutDir", "--logLevel", "error"]
    subprocess.run([*command, *options], cwd=ROOT, check=True)
    (folder / "package.json").write_text('{"type": "module"}')
    return folder / "client.js"
