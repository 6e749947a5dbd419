"""`el` is in the document when `render` is called, whether or not the module was loaded before."""

import anywidget

from conformance.steps import python, show

ROWS = "B9"
DIFFERS = "The reference renders into a detached element (anywidget#1025)."


class Widget(anywidget.AnyWidget):
    _esm = """export default { render({ el }) { log("connected", el.isConnected, slotOf(el)); } };"""


STEPS = [python("w = Widget()"), show("w", "a"), show("w", "b")]
