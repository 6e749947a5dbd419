"""What an exported page needs of classic widgets' packages: the front ends of those whose models it has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from anyhost.bundles.finding import Bundles, jupyter_folders
from anyhost.bundles.inlining import inlined
from anyhost.protocol.messages import ModelLifecycle, ModelOpenMessage, Notification

_NAMES: Final = ("_model_module", "_view_module")
_OURS: Final = ("anywidget", "@jupyter-widgets/")


def bundles_in(snapshot: Iterable[Notification], bundles: Bundles | None = None) -> list[dict[str, Any]]:
    """For each front end, and each that is missing, what the page is told of it. `bundles`: else the environment's."""
    modules = packages_in(snapshot)
    if not modules:
        return []
    return list(inlined(sorted(modules), bundles or Bundles(jupyter_folders())))


def packages_in(snapshot: Iterable[Notification]) -> set[str]:
    """The packages whose classic widgets there are, but for ipywidgets' own."""
    return {
        module
        for event in snapshot
        if isinstance(event, ModelLifecycle) and isinstance(event.message, ModelOpenMessage)
        for name in _NAMES
        if (module := _string(event.message.state.get(name))) and not module.startswith(_OURS)
    }


def _string(value: msgspec.Raw | None) -> str:
    text = msgspec.json.decode(value) if value is not None else ""
    return text if isinstance(text, str) else ""
