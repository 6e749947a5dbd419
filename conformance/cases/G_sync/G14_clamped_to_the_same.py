"""A value that a validator turns into the one that Python had before is corrected, too."""

import anywidget
import traitlets

from conformance.steps import browser, python, show

ROWS = "G14"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(10).tag(sync=True)
    _esm = """
    export default {
      render({ model }) {
        model.on("change:n", () => log("n", model.get("n")));
        globalThis.model = model;
      },
    };
    """

    @traitlets.validate("n")
    def _clamp(self, proposal):
        return min(proposal["value"], 10)


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""model.set("n", 20); model.save_changes()"""),
    browser("""log(model.get("n"))"""),
]
