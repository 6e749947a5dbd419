"""`change:k` fires at once, for a local `set` and for an update from Python alike."""

import anywidget
import traitlets

from conformance.steps import browser, python, show

ROWS = "F1"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      render({ model }) {
        model.on("change:n", () => log("n", model.get("n")));
        globalThis.model = model;
      },
    };
    """


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""log("before"); model.set("n", 1); log("after")"""),
    python("w.n = 2"),
    python("w.n = 2"),
]
