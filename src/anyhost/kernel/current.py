"""The one ambient value: which cell is running.

A widget's constructor, `print` and `display` are called by users' code, which hands us no argument.
This context variable says on whose behalf they run; `patches.py` carries it into threads.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Protocol

from comm.base_comm import BaseComm, CommManager


class CommFactory(Protocol):
    """What gives ipywidgets and anywidget their comms: `models.Models`."""

    manager: CommManager

    def create_comm(self, **arguments: object) -> BaseComm: ...


class RunningKernel(Protocol):
    """What code that runs in a cell may reach of its kernel."""

    @property
    def models(self) -> CommFactory: ...

    def show_error(self, error: BaseException) -> None:
        """Show an exception of a user's code, with its traceback, at the cell that is running (promise 9)."""


@dataclass(frozen=True, slots=True)
class Running:
    """One execution of a cell, or of a callback of a model that this cell owns.

    During a callback ipywidgets hands an exception to the shell, and returns as if nothing had happened
    (L4). The shell puts it into `errors`; whoever made the callback run shows them when it is over, and
    puts them into the answer.
    """

    kernel: RunningKernel
    cell_id: str | None
    callback: bool = False
    errors: list[BaseException] = field(default_factory=list)


running: ContextVar[Running | None] = ContextVar("anyhost_running", default=None)
