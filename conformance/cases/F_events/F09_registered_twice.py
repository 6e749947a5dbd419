"""A callback that is registered twice runs twice; `off` removes both."""

import anywidget
import traitlets

from conformance.steps import browser, python, show

ROWS = "F9"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      render({ model }) {
        const heard = () => log("heard");
        model.on("change:n", heard);
        model.on("change:n", heard);
        model.set("n", 1);
        model.off("change:n", heard);
        model.set("n", 2);
        log("done");
      },
    };
    """


STEPS = [python("w = Widget()"), show("w", "a")]
