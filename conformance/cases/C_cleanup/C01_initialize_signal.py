"""The signal of `initialize` aborts when the model closes, and when its code is replaced."""

import anywidget

from conformance.steps import python

ROWS = "C1"


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      initialize({ signal }) {
        log("first", signal.aborted);
        signal.addEventListener("abort", () => log("first aborts"));
      },
    };
    """


STEPS = [
    python("w = Widget()"),
    python("w._esm = w._esm.replace('first', 'second')"),
    python("w.close()"),
]
