"""A default function makes the definition: once for each model, without arguments, before `initialize`."""

import anywidget

from conformance.steps import python, show

ROWS = "A6"


class Widget(anywidget.AnyWidget):
    _esm = """
    export default function (...args) {
      log("factory", args.length);
      const own = {};
      return {
        initialize() { own.ready = true; log("initialize"); },
        render() { log("render", own); own.views = (own.views ?? 0) + 1; },
      };
    }
    """


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    show("w", "b"),
    python("v = Widget()"),
    show("v", "c"),
]
