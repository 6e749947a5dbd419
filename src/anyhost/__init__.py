"""anyhost: any anywidget, live in any page, and still right after F5.

The public names are loaded when they are asked for, so that a kernel does not load the server, nor a
script that only calls `display` either of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .kernel.api import display
    from .kernel.state import state
    from .mounting.host import WidgetHost
    from .mounting.session import Session

_HOMES = {
    "Session": "anyhost.mounting.session",
    "WidgetHost": "anyhost.mounting.host",
    "display": "anyhost.kernel.api",
    "state": "anyhost.kernel.state",
}

__all__ = ["Session", "WidgetHost", "display", "state"]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(home), name)
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
