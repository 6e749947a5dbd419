"""`save_changes` sends one update with all keys that were set since the last."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "G1 G2 G3 M6"


class Widget(anywidget.AnyWidget):
    a = traitlets.Int(0).tag(sync=True)
    b = traitlets.Int(0).tag(sync=True)
    c = traitlets.Int(0).tag(sync=True)
    _esm = "export default { render({ model }) { globalThis.model = model; } };"

    def set_state(self, sync_data):
        log("received", sync_data)
        super().set_state(sync_data)


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""model.set("a", 1); model.set("b", 2); model.set("a", 3)"""),
    browser("model.save_changes()"),
    browser("model.save_changes()"),
    browser("""model.set("c", 4); model.save_changes()"""),
    python("log(w.a, w.b, w.c)"),
]
