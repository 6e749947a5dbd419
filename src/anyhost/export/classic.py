"""What an exported page needs for classic ipywidgets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from anyhost.protocol.messages import ModelLifecycle, ModelOpenMessage, Notification

_BASE: Final = "@jupyter-widgets/base"
_CONTROLS: Final = "@jupyter-widgets/controls"
_OUTPUT: Final = "@jupyter-widgets/output"
_BOXES: Final = frozenset({"BoxModel", "HBoxModel", "VBoxModel", "GridBoxModel"})
_TYPESET: Final = ("value", "description", "placeholder")
"""Where the controls draw formulas."""


def has_classic(snapshot: Iterable[Notification]) -> bool:
    """Whether a model has its code in the bundle for classic widgets (`packages/runtime/src/view/classic.ts`)."""
    return any(
        _is_classic(event.message)
        for event in snapshot
        if isinstance(event, ModelLifecycle) and isinstance(event.message, ModelOpenMessage)
    )


def texts_of(opened: ModelOpenMessage) -> Iterable[str]:
    """The texts of a control in which there may be formulas."""
    if opened.module is None and _text(opened, "_model_module") == _CONTROLS:
        return [_text(opened, key) for key in _TYPESET]
    return []


def _is_classic(opened: ModelOpenMessage) -> bool:
    module, name = _text(opened, "_model_module"), _text(opened, "_model_name")
    if opened.module is not None or module in {"", "anywidget", _BASE, _OUTPUT} or name.endswith("StyleModel"):
        return False
    return module != _CONTROLS or name not in _BOXES


def _text(opened: ModelOpenMessage, key: str) -> str:
    """A text of the state; empty where there is none."""
    encoded = opened.state.get(key)
    value = msgspec.json.decode(encoded) if encoded is not None else None
    return value if isinstance(value, str) else ""
