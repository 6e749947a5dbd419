"""A value that is set to something else and back is still sent on save."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "G8"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = "export default { render({ model }) { globalThis.model = model; } };"

    def set_state(self, sync_data):
        log("received", sync_data)
        super().set_state(sync_data)


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""model.set("n", 1); model.set("n", 0); model.save_changes()"""),
]
