"""Of a view exactly its window is sent, in a message and in the state."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "H3 N8"
DIFFERS = "The reference sends the whole memory below a view."


class Widget(anywidget.AnyWidget):
    data = traitlets.Any(b"").tag(sync=True)
    _esm = "export default { render({ model }) { globalThis.model = model; } };"

    def __init__(self):
        super().__init__()
        self.on_msg(lambda _widget, content, buffers: log(content, buffers))


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""const bytes = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]);
const parts = [bytes.subarray(2, 4), new Uint16Array(bytes.buffer, 4, 1), new DataView(bytes.buffer, 7)];
model.send("part", undefined, parts);
model.set("data", bytes.subarray(1, 3)); model.save_changes();"""),
    python("log(bytes(w.data))"),
]
