"""The callbacks that a cell has registered on other cells' widgets, which go when it runs again (promise 10).

A cell that says `slider.observe(draw)` runs again with the slider's cell, or for an edit; without this each of
its runs would leave one more `draw` behind. What it registers on widgets of its own run goes with them.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import ipywidgets
import traitlets

from .current import running


class Listener(NamedTuple):
    """How one callback is taken away: the widget's method, and what it is called with beside the widget."""

    remove: Callable[..., None]
    arguments: tuple[Any, ...]


class Listeners:
    """What each cell has registered, and on which widgets."""

    def __init__(self) -> None:
        # Re-entrant: a finaliser may run at any point, and close a widget.
        self._lock = threading.RLock()
        self._cells: dict[str, WeakKeyDictionary[Any, list[Listener]]] = {}

    def note(self, cell_id: str, widget: Any, listener: Listener) -> None:
        with self._lock:
            listeners = self._cells.setdefault(cell_id, WeakKeyDictionary()).setdefault(widget, [])
            if listener not in listeners:
                listeners.append(listener)

    def remove(self, cell_id: str) -> None:
        """The cell runs again, or is no more: take away what it has registered."""
        with self._lock:
            widgets = self._cells.pop(cell_id, None)
        for widget, listeners in list(widgets.items()) if widgets else ():
            for listener in listeners:
                with contextlib.suppress(KeyError, ValueError):  # it was taken away before
                    listener.remove(widget, *listener.arguments)

    def forget(self, widget: Any) -> None:
        """The widget has closed: nothing needs to be known of it any more."""
        with self._lock:
            for widgets in self._cells.values():
                widgets.pop(widget, None)


def patch_listeners() -> Callable[[], None]:
    """Have cells' callbacks noted, in our sessions. Returns the undo."""
    observe = traitlets.HasTraits.observe
    on_msg, on_click = ipywidgets.Widget.on_msg, ipywidgets.Button.on_click

    def noted_observe(self: Any, handler: Any, names: Any = traitlets.All, type: Any = "change") -> None:
        observe(self, handler, names, type)
        _note(self, Listener(traitlets.HasTraits.unobserve, (handler, names, type)))

    def noted_on_msg(self: Any, callback: Any, remove: bool = False) -> None:
        on_msg(self, callback, remove)
        if not remove:
            _note(self, Listener(on_msg, (callback, True)))

    def noted_on_click(self: Any, callback: Any, remove: bool = False) -> None:
        on_click(self, callback, remove)
        if not remove:
            _note(self, Listener(on_click, (callback, True)))

    traitlets.HasTraits.observe = noted_observe
    ipywidgets.Widget.on_msg, ipywidgets.Button.on_click = noted_on_msg, noted_on_click

    def undo() -> None:
        traitlets.HasTraits.observe = observe
        ipywidgets.Widget.on_msg, ipywidgets.Button.on_click = on_msg, on_click

    return undo


def _note(widget: Any, listener: Listener) -> None:
    context = running.get()
    # Without a comm it is being made: what its constructor registers is its own.
    if context is not None and isinstance(widget, ipywidgets.Widget) and widget._trait_values.get("comm") is not None:
        context.kernel.models.listening(widget, listener)
