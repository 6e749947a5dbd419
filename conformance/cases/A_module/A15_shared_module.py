"""Models with the same code share one import, and so the module's own variables; a factory has its own."""

import anywidget

from conformance.steps import python

ROWS = "A15"
DIFFERS = "Jupyter evaluates inline code once for each model; we do once for each text, as URLs are everywhere."


class Widget(anywidget.AnyWidget):
    _esm = """
    let shared = 0;
    log("evaluated");
    export default () => {
      let own = 0;
      return { initialize() { log("shared", ++shared, "own", ++own); } };
    };
    """


STEPS = [python("w = Widget()"), python("v = Widget()")]
