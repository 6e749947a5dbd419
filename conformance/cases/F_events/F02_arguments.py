"""A callback gets a model, the value and options, as it always has in Jupyter."""

import anywidget
import traitlets

from conformance.steps import browser, python, show

ROWS = "F2"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      render({ model }) {
        model.on("change:n", (first, value, options) => log(first.get("n"), value, typeof options));
        model.on("change", (first) => log("change", first.get("n")));
        globalThis.model = model;
      },
    };
    """


STEPS = [python("w = Widget()"), show("w", "a"), browser("""model.set("n", 1)"""), python("w.n = 2")]
