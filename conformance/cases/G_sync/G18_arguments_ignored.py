"""`save_changes` ignores what it is given."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "G18"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = "export default { render({ model }) { globalThis.model = model; } };"


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""model.set("n", 1); model.save_changes({ patch: true })"""),
    python("log(w.n)"),
    browser("""model.set("n", 2); model.save_changes(new Event("click"))"""),
    python("log(w.n)"),
]
