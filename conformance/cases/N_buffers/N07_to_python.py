"""ArrayBuffers and views, at any depth, arrive in Python as memoryviews; the page's own value stays."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "N7 N9 N13"


class Widget(anywidget.AnyWidget):
    value = traitlets.Any().tag(sync=True)
    _esm = "export default { render({ model }) { globalThis.model = model; } };"

    @traitlets.observe("value")
    def _changed(self, change):
        log(change["new"])


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""model.set("value", new Uint8Array([1, 2]).buffer); model.save_changes(); log(model.get("value"))"""),
    browser("""const list = [new Uint8Array([3]), 4, [new DataView(new ArrayBuffer(2))]];
model.set("value", { list, empty: new Uint8Array() });
model.save_changes(); log(model.get("value"))"""),
    browser("""model.set("value", new Float32Array([1.5])); model.save_changes(); log(model.get("value"))"""),
]
