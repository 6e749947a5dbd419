"""A value that a validator changes ends in the page as Python has it."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "G14 G15"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(5).tag(sync=True)
    _esm = """
    export default {
      render({ model }) {
        model.on("change:n", () => log("n", model.get("n")));
        globalThis.model = model;
      },
    };
    """

    @traitlets.validate("n")
    def _clamp(self, proposal):
        return min(proposal["value"], 10)


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""model.set("n", 20); model.save_changes()"""),
    browser("""log(model.get("n"))"""),
    python("log(w.n)"),
]
