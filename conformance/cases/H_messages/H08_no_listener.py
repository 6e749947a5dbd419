"""Messages that no one listens to are dropped, and not kept for later views."""

import anywidget

from conformance.steps import python, show

ROWS = "H8"


class Widget(anywidget.AnyWidget):
    _esm = """
    export default { render({ model }) { model.on("msg:custom", (content) => log("message", content)); } };
    """


STEPS = [python("w = Widget()"), python("w.send('early')"), show("w", "a"), python("w.send('heard')")]
