"""More buffers than paths are no error."""

import anywidget
import traitlets

from conformance.steps import python, show

ROWS = "N5"


class Widget(anywidget.AnyWidget):
    value = traitlets.Any().tag(sync=True)
    _esm = """export default { render({ model }) { model.on("change:value", () => log(model.get("value"))); } };"""


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    python(
        """w.comm.send(data={"method": "update", "state": {}, "buffer_paths": [["value"]]}, buffers=[b"1", b"2"])"""
    ),
    python("w.value = 3"),
]
