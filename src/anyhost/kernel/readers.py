"""Which cells read what has changed. The names are the graph's; what they hold is looked up as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ipywidgets
from anywidget import _descriptor

from anyhost.cells.graph import Graph
from anyhost.cells.reach import reads
from anyhost.protocol.policy import OUTPUT_KEYS

from .changes import TraitChange
from .comm import WidgetComm


def readers_of(change: TraitChange, graph: Graph, namespace: Mapping[str, Any]) -> set[str]:
    """The cells that read one of these traits of this widget, but for those that do not run again for it."""
    spared = graph.ancestors([change.writer]) if change.writer is not None else set()
    if change.maker is not None:
        spared.add(change.maker)
    public = _public(change)
    found: set[str] = set()
    for name in graph.definers:
        if name not in namespace:
            continue
        for cell_id, uses in graph.uses(name).items():
            if cell_id in spared or cell_id in found:
                continue
            for widget, trait in reads(uses, namespace[name], _LOOK):
                if widget is change.widget and (bool(public) if trait is None else trait in change.traits):
                    found.add(cell_id)
                    break
    return found


def _public(change: TraitChange) -> set[str]:
    """The traits that a use of the whole widget reads. What an `Output` shows is not among them: cells that print
    into the same one do not read it."""
    public = {trait for trait in change.traits if not trait.startswith("_")}
    return public - OUTPUT_KEYS if isinstance(change.widget, ipywidgets.Output) else public


class _Widgets:
    """How objects are looked at: no value is made by it, and no code of the user's runs."""

    def traits(self, value: Any) -> Mapping[str, Any] | None:
        if isinstance(value, ipywidgets.Widget):
            held = value._trait_values
            return {key: held.get(key) for key in value.keys}
        comm = _descriptor._COMMS.get(id(value))
        if not isinstance(comm, WidgetComm) or comm.widget is not value:
            return None
        return getattr(value, "__dict__", {})


_LOOK = _Widgets()
