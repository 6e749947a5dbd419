"""Updates and messages from Python arrive in the order in which they were sent."""

import anywidget
import traitlets

from conformance.steps import python, show

ROWS = "H6 M16"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      render({ model }) {
        model.on("change:n", () => log("n", model.get("n")));
        model.on("msg:custom", (content) => log("message", content, "n", model.get("n")));
      },
    };
    """


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    python("for n in range(1, 4):\n    w.n = n\n    w.send(n)\nw.send('last')"),
]
