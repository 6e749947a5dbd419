"""Which cells read what has changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anyhost.cells.graph import Graph

from .changes import TraitChange


def readers_of(change: TraitChange, graph: Graph, namespace: Mapping[str, Any]) -> set[str]:
    """The cells that read one of these traits of this widget, but for those that do not run again for it."""
    found: set[str] = set()
    for name in graph.definers:
        if namespace.get(name) is not change.widget:
            continue
        for cell_id, uses in graph.uses(name).items():
            for use in uses:
                if not use.shown and (not use.path or use.path[0] in change.traits):
                    found.add(cell_id)
    if change.writer is not None:
        found -= graph.ancestors([change.writer])
    found.discard(change.maker or "")
    return found
