"""A message of an unknown kind is ignored, and what follows it is handled."""

import anywidget
import traitlets

from conformance.steps import python, show

ROWS = "M14 M6"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default { render({ model }) { model.on("change:n", () => log("n", model.get("n"))); } };
    """


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    python("w.comm.send(data={'method': 'another', 'content': 1})"),
    python("w.comm.send(data={'method': 'update', 'state': {'n': 1}})"),
    python("w.comm.send(data={'method': 'update', 'state': {'n': 2}, 'buffer_paths': []})"),
]
