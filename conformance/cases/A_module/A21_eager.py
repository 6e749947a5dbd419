"""`initialize` runs when the model opens, whether or not it is ever shown."""

import anywidget

from conformance.steps import python

ROWS = "A21"


class Widget(anywidget.AnyWidget):
    _esm = """export default { initialize({ model }) { log("initialize"); }, render() { log("render"); } };"""


STEPS = [python("w = Widget()"), python("several = [Widget(), Widget()]")]
