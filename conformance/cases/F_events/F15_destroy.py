"""`destroy` fires once, when the model closes."""

import anywidget

from conformance.steps import python

ROWS = "F15"


class Widget(anywidget.AnyWidget):
    _esm = """export default { initialize({ model }) { model.on("destroy", () => log("destroy")); } };"""


STEPS = [python("w = Widget()"), python("w.close()")]
