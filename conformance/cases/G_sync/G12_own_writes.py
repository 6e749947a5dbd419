"""One's own writes do not come back as changes."""

import anywidget
import traitlets

from conformance.steps import browser, python, show

ROWS = "G12 M7"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    items = traitlets.List().tag(sync=True)
    _esm = """
    export default {
      render({ model }) {
        model.on("change:n", () => log("n", model.get("n")));
        model.on("change:items", () => log("items", model.get("items")));
        globalThis.model = model;
      },
    };
    """


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""for (const n of [1, 2, 3]) { model.set("n", n); model.save_changes(); }"""),
    browser("""model.set("items", [1]); model.save_changes(); model.set("items", [1, 2]); model.save_changes();"""),
    browser("""log(model.get("n"), model.get("items"))"""),
]
