"""Empty buffers survive, both ways; large ones too, while everything else goes on."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "N12"


class Widget(anywidget.AnyWidget):
    value = traitlets.Any().tag(sync=True)
    _esm = """
    export default {
      render({ model }) {
        model.on("change:value", () => log(model.get("value").map((each) => each.byteLength)));
        globalThis.model = model;
      },
    };
    """

    def set_state(self, sync_data):
        super().set_state(sync_data)
        log([len(each) for each in self.value])


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    python("w.value = [b'', bytes(5_000_000), b'']"),
    browser("""model.off("change:value");
model.set("value", [new Uint8Array(), new Uint8Array(3_000_000), new ArrayBuffer(0)]); model.save_changes()"""),
]
