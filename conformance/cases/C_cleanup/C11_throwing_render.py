"""A `render` that throws is torn down: its signal aborts and its listeners go."""

import anywidget
import traitlets

from conformance.steps import python, show

ROWS = "C11"
DIFFERS = "The reference keeps the listeners, and does not abort."


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      render({ model, signal }) {
        model.on("change:n", () => log("heard"));
        signal.addEventListener("abort", () => log("aborted"));
        throw new Error("no");
      },
    };
    """


STEPS = [python("w = Widget()"), show("w", "a"), python("w.n = 1")]
