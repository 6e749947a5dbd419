"""`on`, `off` and `save_changes` return nothing; nor does `set`."""

import anywidget
import traitlets

from conformance.steps import python, show

ROWS = "E9"
DIFFERS = "In the reference `set` returns Backbone's model, and `save_changes` what a request would."


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      render({ model }) {
        const heard = () => {};
        log([model.on("change:n", heard), model.off("change:n", heard), model.set("n", 1), model.save_changes()]
          .map((value) => typeof value));
      },
    };
    """


STEPS = [python("w = Widget()"), show("w", "a")]
