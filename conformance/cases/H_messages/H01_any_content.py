"""`send` takes any JSON, and buffers; Python gets the widget, the content and memoryviews."""

import anywidget

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "H1 H4 N9 P3 M8"


class Widget(anywidget.AnyWidget):
    _esm = "export default { render({ model }) { globalThis.model = model; } };"

    def __init__(self):
        super().__init__()
        self.on_msg(self._heard)

    def _heard(self, widget, content, buffers):
        log(widget is self, content, type(buffers).__name__, buffers)


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""for (const content of [{ a: [1, null] }, "text", 42, true, [], null]) model.send(content);"""),
    browser(
        """model.send({}, undefined, [new Uint8Array([1, 2]), new ArrayBuffer(1), new DataView(new ArrayBuffer(0))])"""
    ),
]
