"""Values that came from Python are never sent back; a save within a change sends what was set locally."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "G5 G6"


class Widget(anywidget.AnyWidget):
    a = traitlets.Int(0).tag(sync=True)
    b = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      render({ model }) {
        model.on("change:a", () => {
          model.set("b", model.get("a") * 10);
          model.save_changes();
        });
        globalThis.model = model;
      },
    };
    """

    def set_state(self, sync_data):
        log("received", sync_data)
        super().set_state(sync_data)


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    python("w.a = 1"),
    browser("model.save_changes()"),
    python("log(w.a, w.b)"),
]
