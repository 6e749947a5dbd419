"""Each view is one `render`, with an element and a signal of its own; `initialize` runs once."""

import anywidget

from conformance.steps import python, show

ROWS = "B1 B4"


class Widget(anywidget.AnyWidget):
    _esm = """
    const seen = [];
    export default {
      initialize() { log("initialize"); },
      render({ el, signal }) {
        log("render", "distinct:", seen.every((other) => other.el !== el && other.signal !== signal));
        seen.push({ el, signal });
      },
    };
    """


STEPS = [python("w = Widget()"), show("w", "a"), show("w", "b"), show("w", "c")]
