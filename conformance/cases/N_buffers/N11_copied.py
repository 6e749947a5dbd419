"""Data is copied when it is published: the producer may change it right after."""

import anywidget
import traitlets

from conformance.steps import python

ROWS = "N11"


class Widget(anywidget.AnyWidget):
    value = traitlets.Any().tag(sync=True)
    _esm = """
    export default {
      initialize({ model }) {
        log(model.get("value"));
        model.on("change:value", () => log(model.get("value")));
        model.on("msg:custom", (content, buffers) => log(content, buffers));
      },
    };
    """


STEPS = [
    python("data = bytearray(b'1')\nw = Widget(value={'data': memoryview(data)})\ndata[:] = b'x'"),
    python("data = bytearray(b'2')\nw.value = {'data': memoryview(data)}\ndata[:] = b'x'"),
    python("data = bytearray(b'3')\nw.send(3, [data])\ndata[:] = b'x'"),
]
