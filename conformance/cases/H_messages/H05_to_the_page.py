"""Every listener gets the content and a list of DataViews, which is there even when it is empty."""

import anywidget

from conformance.steps import python, show

ROWS = "H5 F16"


class Widget(anywidget.AnyWidget):
    _esm = """
    const listen = (name, model) => model.on("msg:custom", (...all) => log(name, all));
    export default {
      initialize({ model }) { listen("initialize", model); },
      render({ model }) { listen("render", model); },
    };
    """


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    python("w.send({'a': 1})"),
    python("w.send('text', [b'\\x01', bytearray(b'\\x02\\x03'), memoryview(b'')])"),
    python("w.send([1, None])"),
]
