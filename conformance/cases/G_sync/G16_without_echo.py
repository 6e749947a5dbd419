"""All of it works without echoes: the host itself tells the other clients."""

import anywidget
import ipywidgets
import traitlets

from conformance.inside import log
from conformance.steps import browser, join, python

ROWS = "G16"
DIFFERS = "In the reference other clients hear nothing without echoes."


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      initialize({ model }) {
        model.on("change:n", () => log("n", model.get("n")));
        globalThis.model = model;
      },
    };
    """


STEPS = [
    python("ipywidgets.widgets.widget.JUPYTER_WIDGETS_ECHO = False  # as the variable of this name does"),
    python("w = Widget()"),
    join(),
    browser("""model.set("n", 1); model.save_changes()"""),
    python("log(w.n)"),
]
