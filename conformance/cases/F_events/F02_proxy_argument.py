"""The model that a callback gets is the widget's own, not the host's; the options are an empty object."""

import anywidget
import traitlets

from conformance.steps import browser, python, show

ROWS = "F2"
DIFFERS = "The reference passes Backbone's own model and options."


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      render({ model }) {
        model.on("change:n", (...all) => log(all[0] === model, all.slice(1)));
        globalThis.model = model;
      },
    };
    """


STEPS = [python("w = Widget()"), show("w", "a"), browser("""model.set("n", 1)"""), python("w.n = 2")]
