"""The one ambient value: which cell is running.

A widget's constructor, `print` and `display` are called by users' code, which hands us no argument.
This context variable says on whose behalf they run; `patches.py` carries it into threads.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Protocol

from comm.base_comm import BaseComm, CommManager

from anyhost.protocol.messages import CellMessage

USER_ERRORS = (Exception, KeyboardInterrupt, SystemExit)
"""What users' code may raise and still get its message answered: `sys.exit` in a handler ends nothing."""


class CaptureTarget(Protocol):
    """Where a block shows what it prints and displays, instead of its cell: `capture.Capture`."""

    place: str

    def take(self, message: CellMessage) -> None: ...


class CaptureTargets(Protocol):
    def of(self, output: Any) -> CaptureTarget: ...


class StateReaders(Protocol):
    """What hears of an `anyhost.state`: `changes.Changes`."""

    def state_read(self, state: object) -> None: ...

    def state_set(self, state: object) -> None: ...


class CommFactory(Protocol):
    """What gives ipywidgets and anywidget their comms: `models.Models`."""

    manager: CommManager

    @property
    def captures(self) -> CaptureTargets: ...

    @property
    def changes(self) -> StateReaders: ...

    def create_comm(self, **arguments: object) -> BaseComm: ...

    def listening(self, widget: Any, listener: Any) -> None:
        """The code that runs has registered a callback on this widget: a `listeners.Listener`."""

    def computed(self, widget: Any, names: Iterable[str]) -> None:
        """These attributes of a widget, which are no traits, have been computed anew."""


class RunningKernel(Protocol):
    """What code that runs in a cell may reach of its kernel."""

    @property
    def models(self) -> CommFactory: ...

    def show_error(self, error: BaseException) -> None:
        """Show an exception of a user's code, with its traceback, at the cell that is running (promise 9)."""


@dataclass(slots=True)
class Raised:
    """What a callback raised, for whoever made it run, while they still listen.

    ipywidgets hands an observer's exception to the shell, and returns as if nothing had happened (L4). The
    shell puts it here; it is shown when the callback is over, before the answer, which it is part of.
    """

    errors: list[BaseException] = field(default_factory=list)
    shown: list[BaseException] = field(default_factory=list)
    """Those of them that are shown already."""
    over: bool = False
    """The callback has returned. A task or a thread that it started lives on: what it raises is shown at once."""


@dataclass(slots=True, eq=False)
class Run:
    """One run of a cell, known to whatever it started: tasks and threads may outlive it."""

    cell_id: str
    round: int = 0
    """How many runs led to this one, each of which changed what the next one reads."""
    over: bool = False


@dataclass(frozen=True, slots=True)
class Running:
    """One execution of a cell, or (with `raised`) of a callback of a model that this cell owns."""

    kernel: RunningKernel
    cell_id: str | None
    raised: Raised | None = None
    capture: CaptureTarget | None = None
    """Where the innermost `with out:` that is active shows things."""
    around: Running | None = None
    """What was running where that block began."""
    run: Run | None = None
    """The cell's run. None in a callback."""

    @property
    def callback(self) -> bool:
        return self.raised is not None

    def show_raised(self) -> None:
        """Show what the callback has raised so far, each exception once."""
        if self.raised is None:
            return
        shown = self.raised.shown
        for error in self.raised.errors.copy():
            if not any(error is each for each in shown):
                shown.append(error)
                self.kernel.show_error(error)

    def catch(self, error: BaseException) -> bool:
        """Keep an exception for whoever made this callback run. False: nobody listens; it is to be shown now."""
        if self.raised is None or self.raised.over:
            return False
        self.raised.errors.append(error)
        return True


running: ContextVar[Running | None] = ContextVar("anyhost_running", default=None)
