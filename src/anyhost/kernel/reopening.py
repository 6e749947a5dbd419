"""Opening again what has closed, where it is displayed once more (`design.md`, section 8).

A cell that runs again closes the widgets of its earlier run; a variable, a cache or an imported module may
still hold one. Widgets whose comm is not ours (made before the session, or while `ipykernel` had taken our
place, P5) are in the same position: nobody hears them. Each opens under a new id, so that nothing that was
said of the old one is taken for it.
"""

from __future__ import annotations

from typing import Any

from anywidget import _descriptor

from .comm import WidgetComm
from .modules import follow_again

_PLAIN = frozenset({str, bytes, int, float, bool, type(None)})
"""Types whose values hold no widget."""


def reopen(value: Any) -> None:
    """Open this widget if it has closed, and the widgets within it, which it is going to name."""
    _reopen(value, set())


def _reopen(value: Any, seen: set[int]) -> bool:
    """Whether something was opened here, or further in."""
    if type(value) in _PLAIN or id(value) in seen:
        return False
    seen.add(id(value))
    if isinstance(value, dict):
        return any([_reopen(item, seen) for item in value.values()])
    if isinstance(value, list | tuple):
        return any([_reopen(item, seen) for item in value])
    if _is_widget(value):
        return _reopen_widget(value, seen)
    return _reopen_described(value)


def _is_widget(value: Any) -> bool:
    """Told by what it does, not by its class, which may change (P23)."""
    kind = type(value)
    return hasattr(kind, "comm") and hasattr(kind, "keys") and callable(getattr(kind, "open", None))


def _reopen_widget(widget: Any, seen: set[int]) -> bool:
    # Not by `getattr`: a layout has forty keys, and most displays show widgets that are all open. A default that
    # nobody has asked for is not made by this either.
    held = widget._trait_values
    within = {key for key in widget.keys if type(held.get(key)) not in _PLAIN and _reopen(held[key], seen)}
    if _is_heard(widget.comm):
        if within:
            widget.send_state(within)  # it named them by ids that are gone
        return bool(within)
    widget.comm = None
    widget._model_id = None
    vars(widget).pop("_repr_mimebundle_", None)  # `close` puts a None there
    follow_again(widget)
    widget.open()
    return True


def _reopen_described(value: Any) -> bool:
    """An object with a descriptor keeps a bundle, whose comm has closed: it gets another."""
    comm = _descriptor._COMMS.get(id(value))
    kept = [item for item in getattr(value, "__dict__", {}).values() if _is_bundle(item)]
    bundle: Any = getattr(comm, "peer", None) or (kept[0] if kept else None)
    if comm is None or _is_heard(comm) or not _is_bundle(bundle) or bundle._obj() is not value:
        return False
    followed = comm._msg_callback is not None
    bundle.unsync_object_with_view()
    state = {**bundle._get_state(value, include=None), **bundle._extra_state}
    # In place: the object's finaliser takes the entry out, once.
    bundle._comm = _descriptor._COMMS[id(value)] = _descriptor.open_comm(initial_state=state)
    if followed:
        bundle.sync_object_with_view()
    return True


def _is_bundle(value: Any) -> bool:
    return isinstance(value, _descriptor.ReprMimeBundle)


def _is_heard(comm: Any) -> bool:
    return isinstance(comm, WidgetComm) and not comm._closed
