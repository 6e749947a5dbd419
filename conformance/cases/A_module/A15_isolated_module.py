"""A class that asks for isolation has its module's own variables once for each model, as in Jupyter."""

import anywidget

from conformance.steps import python, show

ROWS = "A15"


class Widget(anywidget.AnyWidget):
    _anyhost_isolate = True
    _esm = """
    let shared = 0;
    log("evaluated");
    export default () => {
      let own = 0;
      return {
        initialize() { log("shared", ++shared, "own", ++own); },
        render() { log("shared", shared); },
      };
    };
    """


STEPS = [python("w = Widget()"), python("v = Widget()"), show("w", "a"), show("v", "b")]
