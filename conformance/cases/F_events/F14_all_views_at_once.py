"""A local `set` in one view reaches every other view and `initialize` before it returns."""

import anywidget
import traitlets

from conformance.steps import browser, python, show

ROWS = "F14"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    let views = 0;
    export default {
      initialize({ model }) { model.on("change:n", () => log("initialize", model.get("n"))); },
      render({ model }) {
        const view = ++views;
        model.on("change:n", () => log("view", view, model.get("n")));
        (globalThis.models ??= []).push(model);
      },
    };
    """


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    show("w", "b"),
    browser("""log("before"); models[0].set("n", 1); log("after", models[1].get("n"))"""),
]
