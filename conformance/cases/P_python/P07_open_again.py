"""To open a widget that is open does nothing."""

import anywidget

from conformance.steps import python

ROWS = "P7"


class Widget(anywidget.AnyWidget):
    _esm = """export default { initialize() { log("initialize"); } };"""


STEPS = [python("w = Widget()"), python("w.open()")]
