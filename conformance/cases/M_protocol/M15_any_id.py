"""Model ids are any strings."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "M15"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = "export default { render({ model }) { log('render'); globalThis.model = model; } };"


STEPS = [
    python("w = Widget(model_id='a b/../%2e?#\"')"),
    show("w", "a"),
    browser("""model.set("n", 1); model.save_changes()"""),
    python("log(w.n)"),
]
