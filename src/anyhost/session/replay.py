"""What a session's notifications add up to: a pure fold.

`apply` folds one notification in; `snapshot` gives the notifications that bring an empty fold to the
same state, which is what a client that joins, or that fell behind, starts from (R1), and what an export
embeds. The laws: a snapshot applied to an empty fold gives the same fold, and notifications that were
merged give the same fold as one after the other.

A custom message is passed on and leaves no trace, and a closed model vanishes: in a fold it is as
unknown as one that never was (kernels give each model an id of its own).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import msgspec

from anyhost.protocol.lifecycle import ModelState, follow
from anyhost.protocol.messages import (
    CellEdited,
    CellLifecycle,
    CellMessage,
    CellOutput,
    FileStatus,
    KernelStatus,
    ModelCloseMessage,
    ModelCustomMessage,
    ModelLifecycle,
    ModelOpenMessage,
    ModelUpdateMessage,
    ModuleSpec,
    NotebookInfo,
    StyleSpec,
)
from anyhost.protocol.parts import Parts, open_of, take_parts

from .cells import OUTPUT_FULL, Cell
from .settings import FoldLimits

Placed = TypeVar("Placed", NotebookInfo, KernelStatus, FileStatus)

Event: TypeAlias = ModelLifecycle | CellLifecycle | NotebookInfo | CellEdited | FileStatus | KernelStatus
"""A notification that says what happened in the session, as opposed to what concerns one client."""


@dataclass(slots=True)
class Model:
    """One open model."""

    parts: Parts
    module: ModuleSpec | None
    style: StyleSpec | None


class Replay:
    """The fold. Folds are equal when they show the same; `clock` is only read for how long a cell has run."""

    def __init__(self, limits: FoldLimits | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits or FoldLimits()
        self._clock = clock
        self._models: dict[str, Model] = {}
        self._notebook: NotebookInfo | None = None
        self._listed: Collection[str] = ()  # the cells of the notebook; what comes for others came too late
        self._cells: dict[str, Cell] = {}
        self._file: FileStatus | None = None
        self._kernel: KernelStatus | None = None

    @property
    def model_ids(self) -> list[str]:
        """The open models, in order of creation."""
        return list(self._models)

    @property
    def kernel(self) -> KernelStatus | None:
        """What the kernel said last that it does."""
        return self._kernel

    def is_open(self, model_id: str) -> bool:
        return model_id in self._models

    def keys_of(self, model_id: str) -> Collection[str]:
        """The keys of an open model's state; none of one that is not open."""
        model = self._models.get(model_id)
        return model.parts.keys() if model else ()

    def parts_of(self, model_id: str, keys: Collection[str]) -> Parts:
        """The current values of these keys, as far as the model has them."""
        model = self._models.get(model_id)
        return {key: model.parts[key] for key in keys if key in model.parts} if model else {}

    def outputs_of(self, cell_id: str) -> list[CellMessage] | None:
        """What a cell shows, as messages; None where it has not run to an end."""
        cell = self._cells.get(cell_id)
        return None if cell is None or not cell.has_run else list(cell.messages())

    def apply(self, event: Event) -> Event | None:
        """Fold one notification in; return it as it took effect.

        None: it was dropped, since it came too late or nothing more of its kind is kept. A notice that
        a limit was reached may take its place. Whoever passes events on passes on what is returned.
        """
        match event:
            case ModelLifecycle():
                return event if self._apply_to_model(event) else None
            case CellLifecycle():
                return self._apply_to_cell(event)
            case NotebookInfo():
                self._notebook = event
                self._listed = dict.fromkeys(cell.cell_id for cell in event.cells)
                self._cells = {cell_id: self._cells[cell_id] for cell_id in self._listed if cell_id in self._cells}
            case CellEdited():
                return event if self._apply_edit(event) else None
            case FileStatus():
                self._file = event
            case KernelStatus():
                self._kernel = event
        return event

    def snapshot(self) -> Iterator[Event]:
        """What an empty fold needs to become this one, as of now: later events do not change what comes.

        Nothing is copied or encoded before it is asked for.
        """
        models = [
            (model_id, Model(model.parts.copy(), model.module, model.style)) for model_id, model in self._models.items()
        ]
        cells = [(cell_id, cell.messages()) for cell_id, cell in self._cells.items()]
        notebook, file, kernel = self._notebook, self._file, self._kernel

        def events() -> Iterator[Event]:
            for model_id, model in models:
                opened = open_of(model.parts, model.module, model.style)
                yield ModelLifecycle(model_id=model_id, message=opened)
            if notebook is not None:
                yield _unplaced(notebook)
            for cell_id, messages in cells:
                for message in messages:
                    yield CellLifecycle(cell_id=cell_id, message=message)
            if file is not None:
                yield _unplaced(file)
            if kernel is not None:
                yield _unplaced(kernel)

        return events()

    def ends_of_runs(self) -> list[CellLifecycle]:
        """What ends every run that was going on or waiting, where the kernel is gone."""
        ends = [(cell_id, cell.ended_early()) for cell_id, cell in self._cells.items()]
        return [CellLifecycle(cell_id=cell_id, message=end) for cell_id, end in ends if end is not None]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Replay):
            return NotImplemented
        # The order of a model's keys means nothing, nor does that of the cells, which the notebook says; that
        # of the models does.
        return list(self._models.items()) == list(other._models.items()) and self._shown() == other._shown()

    __hash__ = None  # type: ignore[assignment]  # it changes

    def _shown(self) -> tuple[object, ...]:
        cells = {cell_id: list(cell.messages()) for cell_id, cell in self._cells.items()}
        return (
            self._notebook and _unplaced(self._notebook),
            self._file and _unplaced(self._file),
            self._kernel and _unplaced(self._kernel),
            {cell_id: messages for cell_id, messages in cells.items() if messages},
        )

    def _apply_to_model(self, event: ModelLifecycle) -> bool:
        model_id, message = event.model_id, event.message
        model = self._models.get(model_id)
        state: ModelState = "unknown" if model is None else "open"
        match message:
            case ModelOpenMessage():
                if follow(state, "open") is None:
                    return False
                self._models[model_id] = Model(take_parts(message), message.module, message.style)
            case ModelUpdateMessage():
                if follow(state, "update") is None or model is None:
                    return False
                model.parts.update(take_parts(message))
                model.module = message.module or model.module
                model.style = message.style or model.style
            case ModelCustomMessage():
                return follow(state, "custom") is not None
            case ModelCloseMessage():
                if follow(state, "close") is None:
                    return False
                del self._models[model_id]
        return True

    def _apply_edit(self, event: CellEdited) -> bool:
        notebook = self._notebook
        if notebook is None or event.cell_id not in self._listed:
            return False
        edited = {"source": event.source, "revision": event.revision}
        cells = [
            msgspec.structs.replace(cell, **edited) if cell.cell_id == event.cell_id else cell
            for cell in notebook.cells
        ]
        self._notebook = msgspec.structs.replace(notebook, cells=cells)
        return True

    def _apply_to_cell(self, event: CellLifecycle) -> CellLifecycle | None:
        message = event.message
        if self._notebook is not None and event.cell_id not in self._listed:
            return None
        if isinstance(message, CellOutput) and message.update:
            return self._replace_displayed(event, message)
        cell = self._cells.get(event.cell_id)
        if cell is None:
            cell = self._cells[event.cell_id] = Cell(self._limits, self._clock)
        applied = cell.apply(message)
        if applied is None:
            return None
        return CellLifecycle(seq=event.seq, cell_id=event.cell_id, message=applied)

    def _replace_displayed(self, event: CellLifecycle, output: CellOutput) -> CellLifecycle | None:
        """As in Jupyter, an update of a display that is not (or no longer) there shows nothing."""
        display_id = output.display_id
        cells = [cell for cell in self._cells.values() if display_id is not None and cell.shows(display_id)]
        if not cells:
            return None
        if not all(cell.fits_in_place(output) for cell in cells):
            return self._apply_to_cell(CellLifecycle(seq=event.seq, cell_id=event.cell_id, message=OUTPUT_FULL))
        for cell in cells:
            cell.replace(output)
        return event


def _unplaced(event: Placed) -> Placed:
    """Without the place in the order that it had: in a snapshot only the end has one."""
    return msgspec.structs.replace(event, seq=0)
