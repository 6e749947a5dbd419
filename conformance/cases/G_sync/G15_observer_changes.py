"""A value that an observer changes while it is handled ends in the page as Python has it, and others with it."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "G15"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    double = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      render({ model }) {
        model.on("change:n", () => log("n", model.get("n")));
        globalThis.model = model;
      },
    };
    """

    @traitlets.observe("n")
    def _changed(self, change):
        self.double = 2 * change["new"]
        if change["new"] == 2:
            self.n = 3


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""model.set("n", 1); model.save_changes()"""),
    browser("""model.set("n", 2); model.save_changes()"""),
    browser("""log(model.get("n"), model.get("double"))"""),
    python("log(w.n, w.double)"),
]
