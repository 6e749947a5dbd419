"""Binary values travel at any depth; the object that held them is left as it was."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import python

ROWS = "N1 N2 N3 N6 N14 M6"


class Widget(anywidget.AnyWidget):
    value = traitlets.Any().tag(sync=True)
    _esm = """
    export default {
      initialize({ model }) {
        log(model.get("value"));
        model.on("change:value", () => log(model.get("value")));
      },
    };
    """


VALUE = {
    "list": [b"\x01", 2, [b"\x03"]],
    "tuple": (b"\x04", {"deep": bytearray(b"\x05")}),
    "array": {"data": memoryview(b"\x06\x07"), "dtype": "uint8", "shape": [2]},
    "keys": {1: b"\x08", "2": 9},
    "none": None,
}


STEPS = [
    python("w = Widget(value=VALUE)"),
    python("log(VALUE['list'], VALUE['array']['data'], w.value is VALUE)"),
    python("w.value = b'top'"),
    python("w.value = [{'a': [b'1', {'b': b'2'}]}]"),
]
