"""What may follow what in the life of a model, as a table.

Read by the registry of the kernel, by the replay of the session, and (generated into
`packages/protocol`) by the registry of the page. A message that is not in the table is not an error of
the user's: it came late (P18, M11), and is dropped and counted, never applied.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

ModelState: TypeAlias = Literal["unknown", "open", "closed"]
Method: TypeAlias = Literal["open", "update", "custom", "close"]

TRANSITIONS: dict[tuple[ModelState, Method], ModelState] = {
    ("unknown", "open"): "open",
    # A snapshot opens what the page already has: it is reconciled, `initialize` does not run again (R2).
    ("open", "open"): "open",
    ("open", "update"): "open",
    ("open", "custom"): "open",
    ("open", "close"): "closed",
}


def follow(state: ModelState, method: Method) -> ModelState | None:
    """The state after this message, or None where the message is to be dropped."""
    return TRANSITIONS.get((state, method))
