"""What a subclass's `__init__` sets after the comm has opened arrives."""

import anywidget
import traitlets

from conformance.steps import python, show

ROWS = "P9"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """export default { render({ model }) { log("render", model.get("n")); } };"""

    def __init__(self):
        super().__init__()
        self.n = 42


STEPS = [python("w = Widget()"), show("w", "a")]
