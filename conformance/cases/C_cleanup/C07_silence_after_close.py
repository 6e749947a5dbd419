"""After a close no listener fires, those of `initialize` included."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "C7"
DIFFERS = "The reference keeps the listeners of `initialize`."


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      initialize({ model }) {
        globalThis.kept = model;
        model.on("change:n", () => log("heard by initialize"));
      },
      render({ model }) { model.on("change:n", () => log("heard by render")); },
    };
    """


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    python("w.close()"),
    browser("""try { kept.set("n", 1); } catch {} log("done")"""),
]
