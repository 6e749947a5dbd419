"""The second argument of `send` is ignored, whatever it is."""

import anywidget

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "H2"


class Widget(anywidget.AnyWidget):
    _esm = "export default { render({ model }) { globalThis.model = model; } };"

    def __init__(self):
        super().__init__()
        self.on_msg(lambda _widget, content, buffers: log(content, buffers))


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""for (const callbacks of [undefined, null, {}, () => log("called"), 42]) model.send("a", callbacks);
model.send("b", {}, [new Uint8Array([7])]);"""),
]
