"""Which cells read what has changed. The names are the graph's; what they hold is looked up as it is now."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import ipywidgets
from anywidget import _descriptor

from anyhost.cells.graph import Graph
from anyhost.cells.reach import reads
from anyhost.cells.uses import Use
from anyhost.protocol.policy import OUTPUT_KEYS

from .attributes import value_at
from .changes import TraitChange
from .comm import WidgetComm
from .interactions import results_of


def readers_of(change: TraitChange, graph: Graph, namespace: Mapping[str, Any]) -> set[str]:
    """The cells that read one of these traits of this widget, but for those that do not run again for it."""
    spared = graph.ancestors([change.writer]) if change.writer is not None else set()
    if change.maker is not None:
        spared.add(change.maker)
    public = _public(change)
    found: set[str] = set()
    for name, cells in graph.used.items():
        if name in namespace:
            value = namespace[name]
            asked = (cell_id for cell_id in cells if cell_id not in spared and cell_id not in found)
            found.update(
                cell_id
                for cell_id in asked
                if _is_read(change, public, [_as_it_is(use, namespace) for use in cells[cell_id]], value)
            )
    return found


def _as_it_is(use: Use, namespace: Mapping[str, Any]) -> Use:
    """What is given to a widget's class is shown by that widget, and not read."""
    if not use.given_to:
        return use
    first, *names = use.given_to.split(".")
    found, made = value_at(namespace.get(first), names)
    return replace(use, shown=True) if found and isinstance(made, type) and _makes_widgets(made) else use


def _makes_widgets(kind: type) -> bool:
    return issubclass(kind, ipywidgets.Widget) or isinstance(
        vars(kind).get("_repr_mimebundle_"), _descriptor.MimeBundleDescriptor
    )


def _is_read(change: TraitChange, public: Collection[str], uses: Iterable[Use], value: Any) -> bool:
    try:
        found = reads(uses, value, _LOOK)
    except Exception:  # noqa: BLE001 - odd objects; or a thread changes a list as it is looked through
        return True
    return any(
        widget is change.widget and (bool(public) if trait is None else trait in change.traits)
        for widget, trait in found
    )


def _public(change: TraitChange) -> set[str]:
    """The traits that a use of the whole widget reads. What an `Output` shows is not among them: cells that print
    into the same one do not read it."""
    public = {trait for trait in change.traits if not trait.startswith("_")}
    return public - OUTPUT_KEYS if isinstance(change.widget, ipywidgets.Output) else public


class _Traits(Mapping[str, Any]):
    """A widget's synced traits, and what is read like them, with the values that they have: none is made by looking."""

    __slots__ = ("_held", "_keys")

    def __init__(self, widget: Any) -> None:
        results = results_of(widget)
        self._keys: list[str] = [*widget.keys, *results] if results else widget.keys
        self._held: Mapping[str, Any] = ChainMap(results, widget._trait_values) if results else widget._trait_values

    def __getitem__(self, key: str) -> Any:
        return self._held.get(key)

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


class _Widgets:
    """How objects are looked at: no code of the user's runs."""

    def traits(self, value: Any) -> Mapping[str, Any] | None:
        if issubclass(type(value), ipywidgets.Widget):  # and not what it says of its class
            return _Traits(value)
        comm = _descriptor._COMMS.get(id(value))
        if not isinstance(comm, WidgetComm) or comm.widget is not value:
            return None
        return getattr(value, "__dict__", {})


_LOOK = _Widgets()
