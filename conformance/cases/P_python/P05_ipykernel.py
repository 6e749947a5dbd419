"""Importing ipykernel, which takes the hooks for comms, leaves widgets that are displayed after it alive."""

import anywidget
import traitlets

from conformance.steps import python

ROWS = "P5"
DIFFERS = "The reference's process is no ipykernel, and loses its comms to the import."


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      initialize({ model }) {
        log("initialize");
        model.on("change:n", () => log("n", model.get("n")));
      },
    };
    """


STEPS = [
    python("import ipykernel.ipkernel"),
    python("from IPython.display import display\nw = Widget()\ndisplay(w)"),
    python("w.n = 1"),
]
