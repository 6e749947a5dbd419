"""What a client may do, as data. Read where commands come in and where writes are applied, nowhere else."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal, TypeAlias

Mode: TypeAlias = Literal["run", "edit", "dev", "mounted", "static"]

NOTEBOOK_COMMANDS = (
    "edit-cell",
    "add-cell",
    "delete-cell",
    "move-cell",
    "run-cells",
    "complete",
    "save",
    "resolve-conflict",
)
"""What changes or runs the notebook: whoever may send one of these may run code."""

COMMANDS: dict[Mode, frozenset[str]] = {
    "run": frozenset({"model", "ping", "goodbye", "restart"}),
    "edit": frozenset({"model", "ping", "goodbye", "restart", "interrupt", *NOTEBOOK_COMMANDS}),
    "dev": frozenset({"model", "ping", "goodbye", "restart"}),
    "mounted": frozenset({"model", "ping", "goodbye"}),
    "static": frozenset(),
}
"""The types of command that a client may send, by mode."""

ISOLATION_KEY = "_anyhost_isolate"
"""True where each model of a widget gets an evaluation of its module of its own, as in Jupyter (A15)."""

CODE_KEYS = frozenset({"_esm", "_css", "_anywidget_id", ISOLATION_KEY})
"""Keys that hold or name code and style: they come from the kernel only (promise 6, P19)."""

OUTPUT_MODULE = "@jupyter-widgets/output"
OUTPUT_KEYS = frozenset({"outputs", "msg_id"})
"""Keys of an `Output` widget's model that no client may write: what is shown may hold scripts (section 6 of the
design). In Jupyter the page writes them; here the kernel does (`kernel/capture.py`)."""

REFERENCE_PREFIXES = ("IPY_MODEL_", "anywidget:")
"""What a string begins with that names a model (D2, E17)."""


def may_write(key: str, known: Collection[str]) -> bool:
    """Whether a client may write this key of a model whose synchronised keys are `known` (P19)."""
    if key in CODE_KEYS or key.startswith("_model_"):
        return False
    if key.startswith("_view_") and key != "_view_count":
        return False
    return key in known


def references_in(value: Any) -> Iterator[str]:
    """The ids of the models that a decoded value names, at any depth."""
    if isinstance(value, str):
        for prefix in REFERENCE_PREFIXES:
            if value.startswith(prefix):
                yield value.removeprefix(prefix)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from references_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from references_in(item)
