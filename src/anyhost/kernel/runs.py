"""Which cells run next, and the one task that runs them.

Cells run in *waves*. A wave is what was asked for, or what reads what has changed, with everything that
depends on it, in the order of the graph. What comes while it runs makes the next wave; a cell that still waits in
this one needs no second run. So a drag never has more than one wave waiting behind the one that runs, and the
cells at the end of a chain get their turn.

A wave that a cell's own run has caused has a higher round (see `changes.py`).
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Collection, Iterable, Mapping
from typing import Literal, Protocol, TypeAlias

from anyhost.cells import plan
from anyhost.cells.notebook import NotebookError
from anyhost.cells.notes import cycle_errors, notes_of
from anyhost.protocol.messages import (
    CellError,
    CellFinished,
    CellInfo,
    CellMessage,
    CellQueued,
    CellRunning,
    KernelMessage,
    KernelStatus,
    NotebookInfo,
    RunCells,
    RunNotebook,
    RunWidget,
    SetCells,
)

from .changes import ROUNDS, Changes, StateChange, TraitChange
from .compiler import Place
from .current import Run
from .definitions import Definitions
from .marks import Marks
from .program import Program
from .readers import readers_of
from .scope import Scope

Ending: TypeAlias = Literal["ok", "error", "interrupted", "cancelled"]
Files: TypeAlias = RunNotebook | RunWidget


class Executor(Protocol):
    """What runs one cell, and says what has become of it: the kernel."""

    def publish(self, message: KernelMessage) -> None: ...

    def publish_at(self, cell_id: str, message: CellMessage) -> None: ...

    async def execute(self, run: Run, source: str, place: Place) -> tuple[Ending, bool]:
        """Run this code to its end; how it ended, and whether others may follow."""

    async def settle(self) -> None:
        """Handle what has come in the meantime."""


class Runs:
    """The cells of one notebook. Whoever makes it runs `serve` in a task of theirs; all else is called beside it."""

    def __init__(self, executor: Executor, program: Program, changes: Changes, scope: Scope) -> None:
        self._executor = executor
        self._program = program
        self._changes = changes
        self._scope = scope
        self._marks = Marks(self._publish_mark)
        self._definitions = Definitions(program.namespace)
        self._woken = asyncio.Event()
        self._files: deque[Files] = deque()
        self._next: dict[str, int] = {}  # what the next wave begins with, and its round
        self._asked: set[str] = set()  # of these, whom somebody has asked to run
        self._wave: dict[str, int] = {}  # what is left of this one, in order
        self._queued: set[str] = set()  # of whom it was said that they will run
        self._running: str | None = None
        self._count = 0  # of runs

    def wake(self) -> None:
        """Something has changed, or was asked for. On the kernel's thread."""
        self._woken.set()

    # ---- what is asked for

    def open(self, command: Files) -> None:
        """Run this notebook from the top."""
        self._files.append(command)
        self.wake()

    def take(self, command: SetCells) -> None:
        """The notebook was edited: nothing runs by it."""
        before = self._program.graph
        self._program.take(command)
        self._end_those_gone()
        graph = self._program.graph
        self._marks.keep(graph.sources)
        self._marks.stand(plan.stale_after(before, graph), stale=True)
        self._marks.note(graph.order, notes_of(graph, self._program.numbers))

    def ask(self, command: RunCells) -> None:
        """Run cells, and what depends on them. Those that are not there any more are left out."""
        graph = self._program.graph
        wanted: Mapping[str, Iterable[str]] = {
            "these": command.cell_ids,
            "all": graph.order,
            "stale": self._marks.stale,
        }
        self._want_asked(filter(self._program.__contains__, wanted[command.which]))
        self._announce(self._planned(self._next))
        self.wake()

    def _want_asked(self, cells: Iterable[str]) -> None:
        asked = list(cells)
        self._asked.update(asked)
        self._want(asked, 0)

    def _want(self, cells: Iterable[str], number: int) -> None:
        for cell_id in cells:
            if cell_id not in self._wave:
                self._next[cell_id] = min(number, self._next.get(cell_id, number))

    # ---- the task

    async def serve(self) -> None:
        """Run what is asked for, and what changes ask for, until cancelled."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            self._look()
            if not (self._files or self._next):
                continue
            self._executor.publish(KernelStatus(status="busy"))
            while self._files or self._next:
                if self._files:
                    self._open(self._files.popleft())
                await self._run_wave()
            self._executor.publish(KernelStatus(status="idle"))

    def _open(self, command: Files) -> None:
        try:
            info = self._program.make(command) if isinstance(command, RunWidget) else self._program.read(command)
        except NotebookError as error:
            # The command has checked the file; it has changed since. The page shows why nothing runs.
            assert isinstance(command, RunNotebook)
            name = command.path.rpartition("/")[2]
            self._executor.publish(NotebookInfo(name=name, cells=[CellInfo(cell_id="unreadable", kind="code")]))
            self._executor.publish_at("unreadable", CellError(name="NotebookError", value=str(error)))
            self._executor.publish_at("unreadable", CellFinished(status="error"))
            return
        self._executor.publish(info)
        self._end_those_gone()
        self._want_asked(self._program.graph.order)

    async def _run_wave(self) -> None:
        self._wave = self._begin_wave()
        self._announce(self._wave)
        goes_on = True
        try:
            while self._wave and goes_on:
                await self._executor.settle()
                self._look()
                cell_id = next(iter(self._wave))
                run = Run(cell_id, self._wave.pop(cell_id))
                goes_on = cell_id not in self._program or await self._run_cell(run)
            self._scope.sweep()
            await self._executor.settle()
            self._look()
        finally:
            if self._wave or not goes_on:
                self._cancel()

    def _begin_wave(self) -> dict[str, int]:
        """The cells that are wanted, and what depends on them. A round begins anew where a client has begun it."""
        wanted, self._next = self._next, {}
        rounds: dict[str, int] = {}
        for number in sorted(set(wanted.values())):
            for cell_id in self._planned([each for each in wanted if wanted[each] == number]):
                rounds.setdefault(cell_id, number)
        wave = {cell_id: rounds[cell_id] for cell_id in self._planned(wanted)}
        self._asked.clear()
        return wave

    def _planned(self, cells: Collection[str]) -> tuple[str, ...]:
        """These cells, and what depends on them: see `plan.runs` for those that nobody has asked for."""
        asked = self._asked.intersection(cells)
        changed = [cell_id for cell_id in cells if cell_id not in asked]
        return plan.runs(self._program.graph, asked, changed=changed)

    def _announce(self, cells: Iterable[str]) -> None:
        for cell_id in cells:
            if cell_id not in self._queued and cell_id != self._running:
                self._queued.add(cell_id)
                self._executor.publish_at(cell_id, CellQueued())

    def _cancel(self) -> None:
        """The user has interrupted, or the notebook has left: whatever waits will not run."""
        self._look()
        left = dict.fromkeys([*self._wave, *self._planned(self._next)])
        self._wave, self._next = {}, {}
        self._asked.clear()
        for cell_id in left:
            if cell_id in self._queued:
                self._executor.publish_at(cell_id, CellFinished(status="cancelled"))
        self._queued.clear()
        self._marks.stand(filter(self._program.__contains__, left), stale=True)

    # ---- one cell

    async def _run_cell(self, run: Run) -> bool:
        """Run one cell to its end; say whether the next one is to run."""
        cell_id, began = run.cell_id, time.monotonic()
        self._count += 1
        self._queued.discard(cell_id)
        earlier = self._scope.begin(cell_id)
        self._changes.begin(cell_id)
        source, place = self._program.prepare(cell_id)
        self._definitions.begin(cell_id, self._program.graph.names[cell_id].defined)
        self._executor.publish_at(cell_id, CellRunning())
        status, goes_on = await self._outcome(run, source, place)
        elapsed = time.monotonic() - began
        self._executor.publish_at(cell_id, CellFinished(status=status, elapsed=elapsed, count=self._count))
        self._scope.close(earlier)
        self._settle_marks(cell_id, source, status)
        return goes_on

    async def _outcome(self, run: Run, source: str, place: Place) -> tuple[Ending, bool]:
        program = self._program
        if run.cell_id in program.graph.in_cycles:
            self._show(run.cell_id, "CycleError", cycle_errors(program.graph, program.numbers)[run.cell_id])
            return "error", True
        self._running = run.cell_id
        status, goes_on = await self._executor.execute(run, source, place)
        self._running = None
        return status if self._look() or status != "ok" else "error", goes_on

    def _show(self, cell_id: str, name: str, text: str) -> None:
        """An error that no code of the user's has raised: there is no way to it."""
        self._executor.publish_at(cell_id, CellError(name=name, value=text))

    def _settle_marks(self, cell_id: str, source: str, status: Ending) -> None:
        """It has run. It is stale all the same if it was interrupted or edited meanwhile, or what it reads is."""
        graph = self._program.graph
        if cell_id not in self._program:
            self._end(cell_id)  # it was deleted while it ran
        elif cell_id in self._marks.stale or status == "interrupted":
            inputs = graph.ancestors([cell_id]).intersection(self._marks.stale) - {cell_id}
            stale = status == "interrupted" or graph.sources[cell_id] != source or bool(inputs)
            self._marks.stand([cell_id], stale=stale)

    def _publish_mark(self, cell_id: str, mark: CellMessage) -> None:
        if self._program.edited:
            self._executor.publish_at(cell_id, mark)

    def _end_those_gone(self) -> None:
        for cell_id in self._definitions:
            if cell_id not in self._program and cell_id != self._running:
                self._end(cell_id)

    def _end(self, cell_id: str) -> None:
        """A cell is no more: nor is what it has defined and made."""
        self._definitions.end(cell_id)
        self._changes.begin(cell_id)
        self._scope.close(self._scope.begin(cell_id))

    # ---- what has changed

    def _look(self) -> bool:
        """Have the cells run that read what has changed. False: this has gone on for too long."""
        ended = True
        for change in self._changes.take():
            if isinstance(change, StateChange):
                self._want(filter(self._program.__contains__, change.cells), change.round)
                continue
            cells = readers_of(change, self._program.graph, self._program.namespace)
            if cells and change.round > ROUNDS:
                self._stop(change)
                ended = False
            else:
                self._want(cells, change.round)
        return ended

    def _stop(self, change: TraitChange) -> None:
        assert change.writer is not None
        traits = ", ".join(sorted(change.traits))
        text = (
            f"what this cell sets ({type(change.widget).__name__}: {traits}) makes other cells run, and those make "
            f"this one run, and so on: stopped after {ROUNDS} rounds"
        )
        self._show(change.writer, "ReactiveLoopError", text)
