"""Which model a Python object is, whatever kind of widget it is (section 2 of the AFM table)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anywidget import _descriptor

VIEW_MIMETYPE = "application/vnd.jupyter.widget-view+json"


def model_id_of(value: Any) -> str | None:
    """The id of the model that this object is or wraps, or None when it is no widget.

    Asked in this order: a `model_id` that is a string; a mimebundle that names a model (descriptors,
    wrappers that forward `_repr_mimebundle_`). Asking a descriptor opens its comm, as displaying it
    would (P16, D25).
    """
    if isinstance(value, str | bytes | int | float | list | dict | tuple | set | type | None):
        return None
    found = _attribute(value, "model_id")
    if isinstance(found, str) and found:
        return found
    found = _known_id(value)
    if found is not None:
        return found
    bundle = _attribute(value, "_repr_mimebundle_")
    # A plain method draws: calling it may be slow (plotly) or have effects. Those of widgets carry an id.
    found = _attribute(bundle, "model_id") if bundle is not None else None
    return found if isinstance(found, str) and found else None


def _known_id(value: Any) -> str | None:
    """The id of a descriptor's object that has opened. Objects that cannot keep their bundle (pydantic's models)
    get a new one, connected once more, each time that it is asked for."""
    comm = _descriptor._COMMS.get(id(value))
    read = getattr(getattr(comm, "peer", None), "_obj", None)
    return comm.comm_id if callable(read) and read() is value and not comm._closed else None


def model_id_in(data: Mapping[str, Any]) -> str | None:
    """The id that a mimebundle names, if it shows a model (M19)."""
    view = data.get(VIEW_MIMETYPE)
    found = view.get("model_id") if isinstance(view, Mapping) else None
    return found if isinstance(found, str) else None


def _attribute(value: Any, name: str) -> Any:
    # User objects may do anything on attribute access; a closed widget raises AttributeError (P16).
    try:
        return getattr(value, name, None)
    except Exception:  # noqa: BLE001
        return None
