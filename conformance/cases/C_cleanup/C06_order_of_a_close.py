"""When a model closes its views end first, cleanups included, and then `initialize`."""

import anywidget

from conformance.steps import python, show

ROWS = "C6"
DIFFERS = "The reference aborts everything first, and then cleans up."


class Widget(anywidget.AnyWidget):
    _esm = """
    const ends = (name, signal) => {
      signal.addEventListener("abort", () => log("abort", name));
      return () => log("cleanup", name);
    };
    export default {
      initialize({ signal }) { return ends("initialize", signal); },
      render({ signal }) { return ends("render", signal); },
    };
    """


STEPS = [python("w = Widget()"), show("w", "a"), python("w.close()")]
