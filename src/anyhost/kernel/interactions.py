"""What ipywidgets' `interactive` has computed: `w.result` and `w.kwargs`.

They are plain attributes, and change with each of its controls. A cell that reads them is to run again like one that
reads a trait, so whoever computes them says so here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets

from .current import running

RESULTS = ("kwargs", "result")


def results_of(widget: Any) -> dict[str, Any]:
    """What stands beside the traits of a widget and is read like them. Of most: nothing."""
    if not issubclass(type(widget), ipywidgets.interactive):  # and not what it says of its class
        return {}
    held = vars(widget)
    return {name: held[name] for name in RESULTS if name in held}


def patch_interactive() -> Callable[[], None]:
    """Have computations noted, in our sessions. Returns the undo."""
    update = ipywidgets.interactive.update

    def noted_update(self: Any, *arguments: Any) -> None:
        update(self, *arguments)
        context = running.get()
        if context is not None:
            context.kernel.models.computed(self, RESULTS)

    ipywidgets.interactive.update = noted_update

    def undo() -> None:
        ipywidgets.interactive.update = update

    return undo
