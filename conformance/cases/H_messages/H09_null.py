"""A message may be `null`."""

import anywidget

from conformance.steps import python, show

ROWS = "H9"
DIFFERS = "In the reference the view fails on it, and nobody hears it."


class Widget(anywidget.AnyWidget):
    _esm = """
    export default { render({ model }) { model.on("msg:custom", (content) => log("message", content)); } };
    """


STEPS = [python("w = Widget()"), show("w", "a"), python("w.send(None)\nw.send('after')")]
