"""A `set` within a listener fires its own events at once; `change` comes once, at the end."""

import anywidget
import traitlets

from conformance.steps import browser, python, show

ROWS = "F11"
DIFFERS = "ipywidgets' copy of Backbone forgets after a nested `set` that one is under way: its `change` comes early."


class Widget(anywidget.AnyWidget):
    a = traitlets.Int(0).tag(sync=True)
    b = traitlets.Int(0).tag(sync=True)
    c = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      render({ model }) {
        model.on("change:a", () => {
          log("a begins");
          model.set("b", model.get("a") * 10);
          model.set({ c: model.get("a") * 100, a: model.get("a") });
          log("a ends");
        });
        model.on("change:b", () => log("b", model.get("b")));
        model.on("change:c", () => log("c", model.get("c")));
        model.on("change", () => log("change", model.get("a"), model.get("b"), model.get("c")));
        globalThis.model = model;
      },
    };
    """


STEPS = [python("w = Widget()"), show("w", "a"), browser("""model.set("a", 1)"""), python("w.a = 2")]
