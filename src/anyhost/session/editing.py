"""One notebook that is being edited: its document, its file, and what clients do to it.

It outlives kernels, and sessions, too: what a client wrote is in the document before it is answered. The
kernel is told of the document when it starts, a moment after an edit, and before anything runs; what it
makes of that (what is stale, what the graph of cells has to say) it says itself.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

import msgspec

from anyhost.cells.editing import notebook_to_edit
from anyhost.cells.names import names_of
from anyhost.cells.notebook import Notebook, NotebookError
from anyhost.cells.reading import expect_notebook, unreadable
from anyhost.cells.writing import new_notebook, write_notebook
from anyhost.protocol.messages import (
    AddCell,
    Complete,
    Completions,
    DeleteCell,
    EditCell,
    KernelCommand,
    MoveCell,
    NotebookCommand,
    ResolveConflict,
    RunCells,
    Save,
    SetCells,
)

from .completing import Completing
from .connection import Connection
from .document import Document, EditError
from .keeping import Done, Keeping, Written
from .notebookfile import Found, NotebookFile
from .replay import Event, Replay
from .settings import SavingSettings
from .storedruns import stored_run


class Stage(Protocol):
    """What editing needs of its session."""

    @property
    def replay(self) -> Replay: ...

    def publish(self, event: Event) -> None:
        """Tell everyone."""

    def tell_kernel(self, command: KernelCommand) -> str | None:
        """Hand a command to the kernel. Returns why there is none that could take it."""

    @property
    def kernel_is_coming(self) -> bool:
        """Whether there is no kernel yet, and will be one."""


class Editing:
    """Made once for a file. A session has it for as long as the block of `live` runs."""

    def __init__(self, path: Path, notebook: Notebook, found: Found, *, settings: SavingSettings | None = None) -> None:
        """`notebook` is what `found` was read as."""
        self.path = path.absolute()
        self.document = Document(notebook)
        self._settings = settings or SavingSettings()
        self._keeping = Keeping(self.document, NotebookFile(self.path), found, self, self._settings)
        self._completing = Completing(lambda command: self._stage.tell_kernel(command) is None)
        self._told: SetCells | None = None  # what the kernel knows
        self._timer: asyncio.TimerHandle | None = None
        self._stage: Stage

    @classmethod
    def open(cls, path: Path, *, settings: SavingSettings | None = None) -> Editing:
        """The notebook in this file, or a new one. Raises `NotebookError`, with one line for the user."""
        expect_notebook(path)
        try:
            found = NotebookFile(path).read()
        except OSError as error:
            raise unreadable(path, error) from error
        if found.content is not None:
            return cls(path, notebook_to_edit(found.content, path.name), found, settings=settings)
        if not path.parent.is_dir():
            raise NotebookError(f"{path}: there is no folder {path.parent}")
        if not os.access(path.parent, os.W_OK):
            raise NotebookError(f"{path}: there is no such file, and none can be made in {path.parent}")
        return cls(path, new_notebook(path.name), found, settings=settings)

    @property
    def left_in(self) -> Path | None:
        """Where the edits are that could not be saved in the end."""
        return self._keeping.left_in

    # ---- with a session ----

    @asynccontextmanager
    async def live(self, stage: Stage) -> AsyncIterator[None]:
        """Be edited by the clients of this session, and kept the same as the file, for the block. Afterwards
        everything is saved."""
        self._stage = stage
        stage.publish(self.document.info())
        stage.publish(self._keeping.status)
        self._keeping.begin()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keeping.run())
            try:
                yield
            finally:
                self.end()

    def end(self) -> None:
        """Begin to save: no edit will follow. Idempotent."""
        self._stop_timer()
        self._keeping.end()

    def handle(self, command: NotebookCommand, client_id: str, done: Done) -> None:
        """A client's command. `done` is called with what went wrong, once it is settled."""
        match command:
            case EditCell() | AddCell() | DeleteCell() | MoveCell():
                self._edit(command, client_id, done)
            case RunCells():
                done(self._run(command))
            case Save():
                self._keeping.save(done)
            case ResolveConflict():
                self._keeping.resolve(command.keep, done)

    def complete(self, connection: Connection, command: Complete) -> None:
        self._completing.begin(connection, command)

    # ---- with its kernel ----

    def begin_kernel(self) -> list[KernelCommand]:
        """What a new kernel is told first: all cells run."""
        self._told = self._cells()
        self._stop_timer()
        return [self._told, RunCells(which="all", command_id=1)]

    def completed(self, completions: Completions) -> None:
        self._completing.end(completions)

    def end_kernel(self) -> None:
        """The kernel is gone."""
        self._completing.end_all()

    # ---- with its file ----

    def publish(self, event: Event) -> None:
        self._stage.publish(event)

    def reloaded(self) -> None:
        self._tell_kernel_later()

    def written(self) -> Callable[[], Written]:
        """What makes the file of the document as it is now. A cell that has not run in this session keeps the
        outputs that the file has."""
        notebook = self.document.notebook
        if self.path.suffix != ".ipynb":
            return lambda: Written(write_notebook(notebook), _remark(notebook))
        shown = {cell.cell_id: self._stage.replay.outputs_of(cell.cell_id) for cell in notebook.cells}

        def write() -> Written:
            runs = {cell_id: stored_run(messages) for cell_id, messages in shown.items() if messages is not None}
            return Written(write_notebook(notebook, runs))

        return write

    # ---- commands ----

    def _edit(self, command: EditCell | AddCell | DeleteCell | MoveCell, client_id: str, done: Done) -> None:
        contested = self.document.overtakes_file(command)
        try:
            change = self.document.apply(command, client_id)
        except EditError as error:
            done(str(error))
            return
        if change is not None:
            self._stage.publish(change)
            if contested:
                self._keeping.contest()
            self._keeping.touch()
            self._tell_kernel_later()
        done(None)

    def _run(self, command: RunCells) -> str | None:
        if self._stage.kernel_is_coming:
            return None  # all cells run when it is there
        if command.which == "these":
            cells = [cell for cell_id in command.cell_ids if (cell := self.document.cell(cell_id)) is not None]
            if not cells:
                return "this cell is not there (any more)"
            command = msgspec.structs.replace(command, cell_ids=[cell.cell_id for cell in cells if cell.kind == "code"])
        return self._tell_kernel() or self._stage.tell_kernel(msgspec.structs.replace(command, ack=None))

    def _tell_kernel_later(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._settings.kernel_seconds, self._tell_kernel)

    def _tell_kernel(self) -> str | None:
        """Tell the kernel which cells there are, where it does not know. Returns why that is impossible."""
        self._stop_timer()
        cells = self._cells()
        if cells == self._told:
            return None
        error = self._stage.tell_kernel(cells)
        if error is None:
            self._told = cells
        return error

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _cells(self) -> SetCells:
        notebook = self.document.notebook
        return SetCells(
            path=str(self.path.resolve()), cells=self.document.code(), docstring=notebook.docstring, reload=True
        )


def _awaits(source: str) -> bool:
    return ("await" in source or "async" in source) and names_of(source).awaits


def _remark(notebook: Notebook) -> str:
    numbers = [cell.number for cell in notebook.cells if cell.kind == "code" and _awaits(cell.source)]
    if not numbers:
        return ""
    where = f"cell {numbers[0]}" if len(numbers) == 1 else f"cells {', '.join(map(str, numbers))}"
    # Jupyter runs such a cell, too, but a Python script is none that Python can run.
    return f"only anyhost can run this file, `python {notebook.name}` cannot: `await` outside of a function in {where}"
