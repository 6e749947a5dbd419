"""What closes when a cell runs again, or goes (promise 10).

The models that a cell's earlier run has made close when the new output has replaced the old, so that nothing
flickers: all but those that something still shows, that can be reached from the notebook's globals (they were
put into another cell's list), or that an import has made, which happens once. Those stay its own, and are asked
about again when it runs next. Tasks that the earlier run has left behind end when the new run begins: with
reactive runs there would soon be many. Threads cannot be ended from outside.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .displayed import Displayed, Held, release
from .models import Model, Models
from .reachable import Reachable
from .tasks import CellTask


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a cell has made and shows, as it is about to run again."""

    models: list[Model]
    shown: list[Held]


class Scope:
    """The scopes of all cells. `namespace` gives the notebook's globals, less what is not its own."""

    def __init__(self, models: Models, displayed: Displayed, namespace: Callable[[], Mapping[str, Any]]) -> None:
        self._models = models
        self._displayed = displayed
        self._namespace = namespace

    def begin(self, cell_id: str) -> Earlier:
        """The cell is about to run again, or is no more: its earlier run's tasks end now, the rest with `close`."""
        for task in asyncio.all_tasks():
            context = task.running if isinstance(task, CellTask) else None
            if context is not None and context.run is not None and context.run.cell_id == cell_id:
                task.cancel()
        return Earlier(self._models.owned_by(cell_id), self._displayed.take(cell_id))

    def close(self, earlier: Earlier) -> None:
        """What the earlier run had shown is gone from the page: close what nothing needs any more."""
        release(earlier.shown)
        earlier.shown.clear()
        if earlier.models:
            reachable = self._reachable()
            self._models.close(model for model in earlier.models if not self._is_needed(model, reachable))

    def _is_needed(self, model: Model, reachable: Reachable) -> bool:
        widget = model.comm.widget
        return widget is not None and widget in reachable

    def _reachable(self) -> Reachable:
        found = Reachable()
        found.add(self._namespace().values())
        places = self._displayed.places()
        captured = {place: places.pop(place) for place in list(places) if place in self._models}
        found.add(_all(places.values()))
        # What an `Output` shows is shown if the `Output` is, which may be in another one.
        while shown := [place for place in captured if self._is_needed_id(place, found)]:
            found.add(_all(captured.pop(place) for place in shown))
        return found

    def _is_needed_id(self, model_id: str, reachable: Reachable) -> bool:
        model = self._models.get(model_id)
        return model is not None and self._is_needed(model, reachable)


def _all(groups: Iterable[list[Any]]) -> list[Any]:
    return [each for group in groups for each in group]
