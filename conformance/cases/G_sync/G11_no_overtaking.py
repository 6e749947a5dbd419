"""A custom message that follows a save arrives after what was saved, however many saves are under way."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "G11"
DIFFERS = "In the reference it overtakes what the throttle holds back."


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = "export default { render({ model }) { globalThis.model = model; } };"

    def __init__(self):
        super().__init__()
        self.on_msg(lambda _widget, content, _buffers: log("message", content, "n", self.n))


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""for (let n = 1; n <= 40; n++) { model.set("n", n); model.save_changes(); }
model.send("forty");
model.set("n", 41); model.save_changes();
model.send("forty-one");"""),
]
