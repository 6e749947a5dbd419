"""A `set` within `change` fires another `change`, and the same key may change several times."""

import anywidget
import traitlets

from conformance.steps import browser, python, show

ROWS = "F11"
DIFFERS = "ipywidgets' copy of Backbone forgets after a nested `set` that one is under way: `change` never comes."


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      render({ model }) {
        model.on("change:n", () => {
          log("n", model.get("n"));
          if (model.get("n") % 10 < 3) model.set("n", model.get("n") + 1);
          log("n done", model.get("n"));
        });
        model.on("change", () => {
          log("change", model.get("n"));
          if (model.get("n") < 13) model.set("n", 13);
        });
        globalThis.model = model;
      },
    };
    """


STEPS = [python("w = Widget()"), show("w", "a"), browser("""model.set("n", 1)"""), python("w.n = 21")]
