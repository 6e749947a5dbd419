"""A stream of saves arrives in order, merged where it must be, and ends with the last value."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "G9 G10 G12"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    received = []
    _esm = """
    export default {
      render({ model }) {
        model.on("change:n", () => { globalThis.events = (globalThis.events ?? 0) + 1; });
        globalThis.model = model;
      },
    };
    """

    def set_state(self, sync_data):
        self.received.append(sync_data["n"])
        super().set_state(sync_data)


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""for (let n = 1; n <= 500; n++) { model.set("n", n); model.save_changes(); }"""),
    python("log(w.n, w.received == sorted(set(w.received)), len(w.received) <= 50)"),
    browser("""log(model.get("n"), "events", events)"""),
    browser("""model.set("n", 1000); model.save_changes()"""),
    python("log(w.n)"),
]
