"""Whatever clients and another program do to one file: both end with the same, and nothing is lost silently."""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random

import pytest
from desk import Desk, desk, do

from anyhost.cells.editing import with_source
from anyhost.cells.reading import parse_notebook
from anyhost.cells.writing import write_notebook
from anyhost.protocol.messages import EditCell, FileStatus, ResolveConflict, Save
from anyhost.session.settings import SavingSettings
from anyhost.testing.client import RecordingClient

pytestmark = pytest.mark.anyio

CELLS = "abcd"
FILE = "".join(f'# %% id="{cell_id}"\n{cell_id}0\n\n' for cell_id in CELLS)
STEPS = 25


class World:
    """A client, another program, and what each of them wrote last."""

    def __init__(self, here: Desk, client: RecordingClient, random: Random, ours: str, theirs: str) -> None:
        self._here = here
        self._client = client
        self._random = random
        self._ours = ours
        self._theirs = theirs
        self._written = 0
        self.last = {cell_id: f"{cell_id}0" for cell_id in CELLS}
        self.ever = {cell_id: {f"{cell_id}0"} for cell_id in CELLS}
        self.choices = 0

    async def step(self) -> None:
        (kind,) = self._random.choices(["ours", "theirs", "wait", "save", "choose"], [5, 2, 3, 1, 2])
        match kind:
            case "ours":
                cell_id = self._random.choice(self._ours)
                await do(self._client, EditCell, cell_id=cell_id, source=self._write(cell_id))
            case "theirs":
                self._change_file(self._random.choice(self._theirs))
            case "wait":
                await asyncio.sleep(self._random.choice([0, 0.05, 0.3]))
            case "save":
                await do(self._client, Save)
            case "choose":
                await self.choose()
        self._client.drain()

    async def choose(self) -> None:
        if self.status.status == "conflict":
            self.choices += 1
            await do(self._client, ResolveConflict, keep=self._random.choice(["edits", "file"]))

    @property
    def status(self) -> FileStatus:
        events = self._here.here.session.replay.snapshot()
        return next(event for event in events if isinstance(event, FileStatus))

    async def settle(self) -> None:
        """Until both sides have seen everything."""
        here = self._here
        async with asyncio.timeout(30):
            while self.status.status != "saved" or here.path.read_bytes() != here.editing.document.notebook.content:
                await self.choose()
                self._client.drain()
                await asyncio.sleep(0.02)

    def _change_file(self, cell_id: str) -> None:
        path = self._here.path
        held = parse_notebook(path.read_bytes(), path.name)
        path.with_name("new").write_bytes(write_notebook(with_source(held, cell_id, self._write(cell_id))))
        path.with_name("new").replace(path)

    def _write(self, cell_id: str) -> str:
        self._written += 1
        self.last[cell_id] = f"{cell_id}{self._written}"
        self.ever[cell_id].add(self.last[cell_id])
        return self.last[cell_id]


@pytest.mark.parametrize(("ours", "theirs"), [("ab", "cd"), (CELLS, CELLS)], ids=["different cells", "the same"])
@pytest.mark.parametrize("seed", range(5))
async def test_in_the_end_file_and_document_are_the_same_and_what_came_last_is_there(
    seed: int, ours: str, theirs: str, tmp_path: Path
) -> None:
    """In different cells they never meet; in the same ones somebody chooses, and knows what goes."""
    saving = SavingSettings(pause_seconds=0.1, longest_seconds=0.3, retry_seconds=0.1)
    async with desk(tmp_path, FILE, saving=saving) as here:
        client = await here.joined()
        world = World(here, client, Random(seed), ours, theirs)
        for _ in range(STEPS):
            await world.step()
        await world.settle()
        held = {cell.cell_id: cell.source for cell in here.editing.document.notebook.cells}
        assert here.path.read_bytes() == here.editing.document.notebook.content
        client.drain()
        assert client.replay == here.here.session.replay
        if ours != theirs:
            assert not world.choices
        if not world.choices:
            assert held == world.last
        assert all(held[cell_id] in world.ever[cell_id] for cell_id in CELLS)
    assert here.path.read_bytes() == here.editing.document.notebook.content
