"""One `on` can name several events; the callback runs for each of them."""

import anywidget
import traitlets

from conformance.steps import browser, python, show

ROWS = "F6"


class Widget(anywidget.AnyWidget):
    a = traitlets.Int(0).tag(sync=True)
    b = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      render({ model }) {
        globalThis.heard = () => log("heard", model.get("a"), model.get("b"));
        model.on("change:a change:b", heard);
        globalThis.model = model;
      },
    };
    """


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""model.set("a", 1); model.set("b", 2)"""),
    browser("""model.off("change:a", heard); model.set("a", 3); model.set("b", 4)"""),
]
