"""A cleanup runs exactly once, even when the view is removed and then the model closes."""

import anywidget

from conformance.steps import python, remove, show

ROWS = "C3"


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      initialize() { return () => log("cleanup of initialize"); },
      render() { return () => log("cleanup of render"); },
    };
    """


STEPS = [python("w = Widget()"), show("w", "a"), remove("a"), python("w.close()")]
