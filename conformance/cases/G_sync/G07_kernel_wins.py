"""Python's value wins over a local one that was not saved: the next save does not send the old one."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "G7"
DIFFERS = "The reference sends the local value, which is no longer shown anywhere."


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = "export default { render({ model }) { globalThis.model = model; } };"

    def set_state(self, sync_data):
        log("received", sync_data)
        super().set_state(sync_data)


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""model.set("n", 1)"""),
    python("w.n = 2"),
    browser("""log(model.get("n")); model.save_changes()"""),
    python("log(w.n)"),
]
