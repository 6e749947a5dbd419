"""A key that Python does not know can be set and read in the page; Python ignores it."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "E13"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    hidden = traitlets.Int(0)
    _esm = """
    export default {
      render({ model }) {
        model.on("change:extra", () => log("extra", model.get("extra")));
        globalThis.model = model;
      },
    };
    """


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""model.set("extra", 1); model.set("hidden", 2); model.set("n", 3); model.save_changes()"""),
    python("log(w.n, w.hidden, hasattr(w, 'extra'))"),
    browser("""log(model.get("extra"), model.get("n"))"""),
]
