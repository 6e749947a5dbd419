"""`hold_sync` makes one update; a trait that is added later arrives, and is written back."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "P22"


class Widget(anywidget.AnyWidget):
    a = traitlets.Int(0).tag(sync=True)
    b = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      render({ model }) {
        model.on("change", () => log("change", ["a", "b", "added"].map((key) => model.get(key))));
        globalThis.model = model;
      },
    };
    """


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    python("with w.hold_sync():\n    w.a = 1\n    w.b = 2\n    w.a = 3"),
    python("w.add_traits(added=traitlets.Int(7).tag(sync=True))"),
    python("w.added = 8"),
    browser("""model.set("added", 9); model.save_changes()"""),
    python("log(w.added)"),
]
