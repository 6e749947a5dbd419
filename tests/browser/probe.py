"""What a notebook of these tests shows beside a widget: what Python sees of it, and buttons that make Python act."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import anywidget
import traitlets


class Probe(anywidget.AnyWidget):  # type: ignore[misc]
    """Shows `see()` as JSON, anew when one of the widget's traits changes; a click on a button calls its action.

    The click comes to Python as a custom message, so what the widget under test does is not in play.
    """

    _esm = """
    export default {
      render({ model, el }) {
        el.classList.add("probe");
        const output = document.createElement("output");
        const show = () => { output.textContent = model.get("text"); };
        model.on("change:text", show);
        show();
        const buttons = model.get("actions").map((name) => {
          const button = document.createElement("button");
          button.textContent = name;
          button.addEventListener("click", () => model.send(name));
          return button;
        });
        el.append(output, ...buttons);
      },
    };
    """

    text = traitlets.Unicode().tag(sync=True)
    actions = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(
        self, widget: Any, *names: str, see: Callable[[], Any] | None = None, **actions: Callable[[], object]
    ) -> None:
        super().__init__(actions=list(actions))
        self._see = see or (lambda: {name: getattr(widget, name) for name in names})
        self._calls = actions
        self.on_msg(lambda _self, name, _buffers: self._act(name))
        if names:
            widget.observe(self.look, list(names))
        self.look()

    def look(self, _change: object = None) -> None:
        """Show what Python sees now."""
        self.text = json.dumps(self._see())

    def _act(self, name: str) -> None:
        self._calls[name]()
        self.look()
