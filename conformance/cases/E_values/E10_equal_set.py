"""`set` with an equal value emits nothing, marks nothing, and so sends nothing."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "E10 G3"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(1).tag(sync=True)
    items = traitlets.List([1, {"a": [2]}]).tag(sync=True)
    _esm = """
    export default {
      render({ model }) {
        model.on("change:items", () => log("items"));
        // As @anywidget/vue does: what is heard is set again.
        model.on("change:n", () => { model.set("n", model.get("n")); model.save_changes(); });
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
    browser("""model.set("n", 1); model.set("items", [1, { a: [2] }]); model.save_changes()"""),
    python("w.n = 2"),
    browser("""model.set("n", 3)"""),
]
