"""Listeners end with the view that made them; those of other views and of `initialize` go on."""

import anywidget
import traitlets

from conformance.steps import python, remove, show

ROWS = "C10"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    let views = 0;
    export default {
      initialize({ model }) { model.on("change:n", () => log("initialize", model.get("n"))); },
      render({ model }) {
        const view = ++views;
        model.on("change:n", () => log("view", view, model.get("n")));
        model.on("msg:custom", (content) => log("view", view, content));
      },
    };
    """


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    show("w", "b"),
    python("w.n = 1\nw.send('one')"),
    remove("a"),
    python("w.n = 2\nw.send('two')"),
]
