"""What closes when a cell runs again, or goes (promise 10).

The models that a cell's earlier run has made close when the new output has replaced the old, so that nothing
flickers. All but these:
- what an import has made, which happens once: it belongs to the session;
- what can be reached from the notebook's globals (it was put into another cell's list, say): it stays the
  cell's own, and is asked about again when the cell runs next;
- what some cell still shows: until it does not.

Tasks that the earlier run has left behind end when the new run begins, and so do its observers of other cells'
widgets, and what pyplot keeps of its figures: with reactive runs there would soon be many. Threads cannot be ended
from outside.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .displayed import Displayed, Held, release
from .figures import forget_figure
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
        self._only_shown: set[Model] = set()

    def begin(self, cell_id: str) -> Earlier:
        """The cell is about to run again, or is no more: its earlier run's tasks end now, the rest with `close`."""
        for task in asyncio.all_tasks():
            context = task.running if isinstance(task, CellTask) else None
            if context is not None and context.run is not None and context.run.cell_id == cell_id:
                task.cancel()
        self._models.listeners.remove(cell_id)
        models = self._models.owned_by(cell_id)
        for model in models:
            forget_figure(model.comm.widget)
        return Earlier(models, self._displayed.take(cell_id))

    def close(self, earlier: Earlier) -> None:
        """What the earlier run had shown is gone from the page: close what nothing needs any more."""
        release(earlier.shown)
        earlier.shown.clear()
        self._close(earlier.models)

    def sweep(self) -> None:
        """Cells have run: what only they had shown of other cells' earlier runs may close now."""
        if self._only_shown:
            self._only_shown.intersection_update(self._models)
            self._close(list(self._only_shown))

    def _close(self, models: list[Model]) -> None:
        if not models:
            return
        found = Reachable()
        found.add(self._namespace().values())
        unreachable = [model for model in models if not _is_in(model, found)]
        self._add_shown(found)
        self._only_shown.difference_update(models)
        self._only_shown.update(model for model in unreachable if _is_in(model, found))
        self._models.close(model for model in unreachable if model not in self._only_shown)

    def _add_shown(self, found: Reachable) -> None:
        places = self._displayed.places()
        captured = {place: places.pop(place) for place in list(places) if place in self._models}
        found.add(_all(places.values()))
        # What an `Output` shows is shown if the `Output` is, which may be in another one.
        while shown := [place for place in captured if self._is_output_in(place, found)]:
            found.add(_all(captured.pop(place) for place in shown))

    def _is_output_in(self, model_id: str, found: Reachable) -> bool:
        model = self._models.get(model_id)
        return model is not None and _is_in(model, found)


def _is_in(model: Model, found: Reachable) -> bool:
    widget = model.comm.widget
    return widget is not None and widget in found


def _all(groups: Iterable[list[Any]]) -> list[Any]:
    return [each for group in groups for each in group]
