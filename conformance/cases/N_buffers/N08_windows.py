"""A view's window is what is sent, and what the page keeps."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "N8"
DIFFERS = "The reference sends the whole memory below a view."


class Widget(anywidget.AnyWidget):
    value = traitlets.Any().tag(sync=True)
    _esm = "export default { render({ model }) { globalThis.model = model; } };"

    @traitlets.observe("value")
    def _changed(self, change):
        log(change["new"])


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""const all = new Float64Array([1, 2, 3]);
model.set("value", { part: all.subarray(1, 2), view: new DataView(all.buffer, 8, 8) });
model.save_changes(); log(model.get("value").part.length, model.get("value").view.byteLength)"""),
]
