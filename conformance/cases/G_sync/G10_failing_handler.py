"""A write that fails in Python is answered all the same: the next one goes out."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "G10 L4"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = "export default { render({ model }) { globalThis.model = model; } };"

    @traitlets.observe("n")
    def _changed(self, change):
        log("observed", change["new"])
        if change["new"] == 1:
            raise ValueError("not one")


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""model.set("n", 1); model.save_changes()"""),
    browser("""model.set("n", 2); model.save_changes()"""),
    python("log(w.n)"),
]
