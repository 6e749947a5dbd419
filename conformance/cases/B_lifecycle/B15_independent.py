"""The end of one view or model leaves all others as they are."""

import anywidget
import traitlets

from conformance.steps import python, remove, show

ROWS = "B15"


class Widget(anywidget.AnyWidget):
    name = traitlets.Unicode("").tag(sync=True)
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      initialize({ model }) {
        model.on("change:n", () => log(model.get("name"), "model", model.get("n")));
        return () => log(model.get("name"), "model ends");
      },
      render({ model, el }) {
        const name = model.get("name");
        const view = (globalThis.views ??= []).push(el);
        model.on("change:n", () => log(name, "view", view, model.get("n")));
        return () => log(name, "view", view, "ends");
      },
    };
    """


STEPS = [
    python("v, w = Widget(name='v'), Widget(name='w')"),
    show("v", "a"),
    show("v", "b"),
    show("w", "c"),
    remove("a"),
    python("v.n = 1"),
    python("v.close()"),
    python("w.n = 2"),
]
