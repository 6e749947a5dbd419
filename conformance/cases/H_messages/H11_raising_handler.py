"""A Python handler that raises stops no other, and no later message."""

import anywidget

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "H11 P24"


class Widget(anywidget.AnyWidget):
    _esm = "export default { render({ model }) { globalThis.model = model; } };"

    def __init__(self):
        super().__init__()
        self.on_msg(self._raise)
        self.on_msg(lambda _widget, content, _buffers: log("second", content))

    def _raise(self, _widget, content, _buffers):
        log("first", content)
        raise ValueError("a handler's own mistake")


STEPS = [python("w = Widget()"), show("w", "a"), browser("""model.send(1); model.send(2)""")]
