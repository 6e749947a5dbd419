"""`initialize` and `render` share a model's values, and not its listeners."""

import anywidget
import traitlets

from conformance.steps import browser, python, show

ROWS = "E19 F8"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    const heard = (name) => () => log(name, "hears");
    export default {
      initialize({ model }) {
        model.on("change:n", heard("initialize"));
        globalThis.first = model;
      },
      render({ model }) {
        model.on("change:n", heard("render"));
        globalThis.second = model;
      },
    };
    """


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""first.set("n", 1); log(second.get("n"))"""),
    browser("""second.off("change:n"); second.set("n", 2); log(first.get("n"))"""),
    browser("""first.off(); first.set("n", 3)"""),
]
