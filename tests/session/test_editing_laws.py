"""Whoever edits, loses connections and comes back in whatever order: in the end all hold the same, and so does
the file (promises 2, 4 and 7)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

import pytest
from desk import Desk, desk
from scene import settle

from anyhost.cells.reading import parse_notebook
from anyhost.protocol.codec import Frame
from anyhost.protocol.messages import (
    AddCell,
    CellConsole,
    CellEdited,
    CellLifecycle,
    CellMessage,
    CellStale,
    DeleteCell,
    EditCell,
    MoveCell,
    NotebookAck,
    NotebookInfo,
    RunCells,
    Save,
)
from anyhost.session.settings import SavingSettings, SessionSettings
from anyhost.testing.client import RecordingClient

pytestmark = pytest.mark.anyio

Step: TypeAlias = tuple[Any, ...]

CELLS = ["a", "b", "c", "n1", "n2", "n3"]
STEPS = 120
EVERYTHING = 10_000

SETTINGS = {
    "tiny": SessionSettings(outbox_bytes=4_000, log_messages=8),
    "long log": SessionSettings(outbox_bytes=22_000, log_messages=60),
    "roomy": SessionSettings(),
}

_WEIGHTS = {
    "edit": 6,
    "add": 2,
    "delete": 1.5,
    "move": 1.5,
    "run": 1,
    "save": 0.3,
    "say": 2,
    "pull": 6,
    "catch up": 1,
    "lose": 1,
    "come back": 2,
    "confirm": 1,
}


def steps(random: Random) -> Iterator[Step]:
    for kind in random.choices(list(_WEIGHTS), list(_WEIGHTS.values()), k=STEPS):
        number, cell_id, other = random.randrange(3), random.choice(CELLS), random.choice([*CELLS, None])
        match kind:
            case "edit":
                yield number, EditCell, {"cell_id": cell_id, "source": random.choice(["", "x", "y = 1\ny", "# %%\nz"])}
            case "add":
                kind_of_cell = random.choice(["code", "code", "markdown"])
                yield number, AddCell, {"cell_id": cell_id, "kind": kind_of_cell, "source": "new", "before": other}
            case "delete":
                yield number, DeleteCell, {"cell_id": cell_id}
            case "move":
                yield number, MoveCell, {"cell_id": cell_id, "before": other}
            case "run":
                yield number, RunCells, {"cell_ids": [cell_id]}
            case "save":
                yield number, Save, {}
            case "say":
                said: list[CellMessage] = [CellStale(stale=True), CellConsole(stream="stdout", text="x" * 50)]
                message = random.choice(said)
                yield number, "say", CellLifecycle(cell_id=cell_id, message=message)
            case _:
                yield number, kind, random.randrange(6)


class Wire:
    """A client whose frames are on their way for a while, and can be lost there; what it sends arrives or is lost."""

    def __init__(self, here: Desk, client_id: str) -> None:
        self._session = here.here.session
        self.client = RecordingClient(self._session.join(client_id))
        self._on_its_way: list[Frame] = []
        self.connected = True

    def send(self, command_type: type[Any], fields: dict[str, Any]) -> None:
        """A page that is away sends when it is back."""
        command = self.client.editing(command_type, **fields)
        if self.connected:
            self.client.command(command)

    def do(self, kind: str, count: int) -> None:
        match kind:
            case "pull":
                self._pull(count)
            case "catch up":
                self._pull(EVERYTHING)
                self._deliver(EVERYTHING)
            case "lose" if self.connected:
                self._deliver(count)
                self._on_its_way.clear()
                self._session.leave(self.client.connection)
                self.connected = False
            case "come back" if not self.connected:
                self.client.connect(self._session.join(self.client.client_id, self.client.seq))
                self.connected = True
                self.client.send_again()
            case "confirm" if self.connected:
                self.client.confirm()

    def _pull(self, count: int) -> None:
        self._deliver(len(self._on_its_way))
        while self.connected and count and (frame := self.client.connection.next_nowait()) is not None:
            self._on_its_way.append(frame)
            count -= 1

    def _deliver(self, count: int) -> None:
        for frame in self._on_its_way[:count]:
            self.client.take(frame)
        del self._on_its_way[:count]


@pytest.mark.parametrize("limits", SETTINGS.values(), ids=list(SETTINGS))
@pytest.mark.parametrize("seed", range(20))
async def test_in_the_end_document_file_and_clients_hold_the_same(
    seed: int, limits: SessionSettings, tmp_path: Path
) -> None:
    content = "".join(f'# %% id="{cell_id}"\n{cell_id} = 1\n\n' for cell_id in "abc")
    saving = SavingSettings(pause_seconds=0.002, longest_seconds=0.01, kernel_seconds=0.002)
    async with desk(tmp_path, content, settings=limits, saving=saving) as here:
        wires = [Wire(here, name) for name in "ABC"]
        for number, what, given in steps(Random(seed)):
            if isinstance(what, type):
                wires[number].send(what, given)
            elif what == "say":
                here.here.kernel.say(given)
            else:
                wires[number].do(what, given)
            await settle()
        for wire in wires:
            wire.do("come back", 0)
        async with asyncio.timeout(10):
            while any(wire.client.unanswered for wire in wires):
                for wire in wires:
                    wire.do("catch up", 0)
                await asyncio.sleep(0.001)
        for wire in wires:
            wire.do("catch up", 0)
            assert wire.client.replay == here.here.session.replay
            check_answers(wire.client)
        check_edits(wires)
        held = here.here.session.replay
    (info,) = (event for event in held.snapshot() if isinstance(event, NotebookInfo))
    assert here.path.read_bytes() == here.editing.document.notebook.content
    assert [(cell.kind, cell.source) for cell in info.cells] == [
        (cell.kind, cell.source) for cell in here.editing.document.notebook.cells
    ]
    joined = "\n".join(cell.source for cell in parse_notebook(here.path.read_bytes(), "n.py").cells if cell.source)
    for line in ("y = 1", "z", "new"):
        assert (line in joined) == any(line in (cell.source or "") for cell in info.cells)


def check_answers(client: RecordingClient) -> None:
    """In the order in which the commands were sent, but for those that waited for the disk."""
    assert not client.unanswered
    numbers = [ack.command_id for ack in client.of(NotebookAck)]
    assert set(numbers) == set(range(1, max(numbers, default=0) + 1))


def check_edits(wires: list[Wire]) -> None:
    """Each was made once: no revision was ever told twice with another text."""
    told: dict[tuple[str, int], str] = {}
    for wire in wires:
        for edit in wire.client.of(CellEdited):
            assert told.setdefault((edit.cell_id, edit.revision), edit.source) == edit.source
