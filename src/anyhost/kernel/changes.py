"""What has changed since cells last ran: traits of widgets, and `anyhost.state`s.

One place hears of every change, at no cost for a widget that nobody reads: what widgets publish passes
through `models.py`, and so do the writes of clients. On whose behalf a change was made is told by the context:

- by a cell's own run: it never causes this cell, or what it depends on, to run again, and the runs that it does
  cause are counted, so that two cells that set what the other one reads come to an end;
- by a client, a callback, a timer, a thread that has outlived its run: like a client's write.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary, ref

from .current import Run, running

ROUNDS = 10
"""How often cells may run again because of what their own runs have set."""


class StateLoopError(RuntimeError):
    """A cell's run sets a state that makes it run again, and so on, for more than `ROUNDS` rounds."""


@dataclass(frozen=True, slots=True)
class TraitChange:
    """Some traits of one widget have other values."""

    widget: Any
    traits: frozenset[str]
    maker: str | None
    """The cell that made the widget: it does not run again."""
    writer: str | None
    """The cell whose own run this was."""
    round: int


@dataclass(frozen=True, slots=True)
class StateChange:
    """A state has another value; these cells had read the one before."""

    cells: frozenset[str]
    round: int


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A `TraitChange` that waits. It does not keep its widget alive: that is for those who show it (P15)."""

    widget: Callable[[], Any]
    traits: set[str]
    maker: str | None
    writer: str | None
    round: int


class Changes:
    """The changes that wait for the kernel to look at them. They are made in any thread; `wake` is called from it.

    Without `wake` nobody will look at them, and none are kept.
    """

    def __init__(self, wake: Callable[[], None] | None = None) -> None:
        self._wake = wake
        # Re-entrant: a finaliser may run, and set something, at any point of this code.
        self._lock = threading.RLock()
        self._traits: dict[tuple[int, str | None, int], _Waiting] = {}
        self._states: dict[int, set[str]] = {}
        self._readers: WeakKeyDictionary[object, set[str]] = WeakKeyDictionary()

    def traits_changed(self, widget: Any, traits: Collection[str], maker: str | None) -> None:
        """These traits of a widget have changed. Those of one that waits are put together."""
        if self._wake is None or widget is None or not traits:
            return
        run = _own_run()
        writer, number = (None, 0) if run is None else (run.cell_id, run.round + 1)
        key = id(widget), writer, number
        with self._lock:
            known = self._traits.get(key)
            if known is None or known.widget() is not widget:
                known = self._traits[key] = _Waiting(_reference(widget), set(), maker, writer, number)
            known.traits.update(traits)
        self._wake()

    def state_read(self, state: object) -> None:
        """The run that is under way has read a state."""
        run = _own_run()
        if run is not None:
            with self._lock:
                self._readers.setdefault(state, set()).add(run.cell_id)

    def state_set(self, state: object) -> None:
        """A state has another value. Raises `StateLoopError` where this has gone on for too long."""
        if self._wake is None:
            return
        run = _own_run()
        with self._lock:
            cells = frozenset(self._readers.get(state, ()))
            if not cells:
                return
            number = 0 if run is None else run.round + 1
            if number <= ROUNDS:
                self._states.setdefault(number, set()).update(cells)
        if number > ROUNDS:
            raise StateLoopError(
                f"this state was set {ROUNDS} times by runs that it had caused itself: a cell sets what it reads, or "
                "cells set what the others read. Set it in a callback, or under a condition that comes true"
            )
        self._wake()

    def begin(self, cell_id: str) -> None:
        """A cell is about to run, or is no more: what its earlier run has read counts no longer."""
        with self._lock:
            for cells in self._readers.values():
                cells.discard(cell_id)

    def take(self) -> list[TraitChange | StateChange]:
        """What has changed, each once, since this was asked last."""
        with self._lock:
            traits, self._traits = self._traits, {}
            states, self._states = self._states, {}
        found: list[TraitChange | StateChange] = []
        for each in traits.values():
            widget = each.widget()
            if widget is not None:
                found.append(TraitChange(widget, frozenset(each.traits), each.maker, each.writer, each.round))
        return found + [StateChange(frozenset(cells), number) for number, cells in states.items()]


def _reference(widget: Any) -> Callable[[], Any]:
    try:
        return ref(widget)
    except TypeError:
        return lambda: widget


def _own_run() -> Run | None:
    """The run on whose behalf this code runs, while it is under way."""
    context = running.get()
    run = None if context is None else context.run
    return None if run is None or run.over else run
