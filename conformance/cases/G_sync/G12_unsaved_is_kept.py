"""The answer to an earlier write leaves a later local value alone, though that is not saved yet."""

import anywidget
import traitlets

from conformance.steps import browser, python, show

ROWS = "G12"
DIFFERS = "In the reference the echo of the earlier write takes the place of the local value."


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      render({ model }) {
        model.on("change:n", () => log("n", model.get("n")));
        globalThis.model = model;
      },
    };
    """


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""model.set("n", 1); model.save_changes(); model.set("n", 2);"""),
    browser("""log(model.get("n"))"""),
]
