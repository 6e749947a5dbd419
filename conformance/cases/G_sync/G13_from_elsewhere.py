"""A change by another client is applied; the writer hears nothing of it."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, join, python, show, turn

ROWS = "G13 R3"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      initialize({ model }) {
        model.on("change:n", () => log("n", model.get("n")));
        globalThis.model = model;
      },
    };
    """


STEPS = [
    python("w = Widget()"),
    join(),
    browser("""model.set("n", 1); model.save_changes()"""),
    turn(0),
    browser("""model.set("n", 2); model.save_changes()"""),
    python("log(w.n)"),
    python("w.n = 3"),
]
