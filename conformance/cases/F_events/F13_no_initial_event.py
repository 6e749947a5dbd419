"""The initial state is no event; a view that comes later hears only what comes after it."""

import anywidget
import traitlets

from conformance.steps import python, show

ROWS = "F13"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(5).tag(sync=True)
    _esm = """
    const listen = (name, model) => {
      log(name, model.get("n"));
      model.on("change:n change", () => log(name, "hears", model.get("n")));
    };
    export default {
      initialize({ model }) { listen("initialize", model); },
      render({ model }) { listen("render", model); },
    };
    """


STEPS = [python("w = Widget(n=6)"), python("w.n = 7"), show("w", "a"), python("w.n = 8")]
