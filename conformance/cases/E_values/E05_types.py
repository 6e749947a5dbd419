"""Each Python type arrives as its JavaScript type."""

import anywidget
import traitlets

from conformance.steps import python, show

ROWS = "E5 E6 N1 O1"

VALUES = {
    "text": "é∑😀",
    "empty": "",
    "integer": 42,
    "negative": -1,
    "large": 2**53 - 1,
    "fraction": 0.1,
    "true": True,
    "none": None,
    "list": [1, "two", [3]],
    "tuple": (1, 2),
    "dict": {"a": {"b": None}},
    "bytes": b"\x01\x02",
    "bytearray": bytearray(b"\x03"),
    "memoryview": memoryview(b"\x04\x05"),
    "no bytes": b"",
}


class Widget(anywidget.AnyWidget):
    value = traitlets.Any().tag(sync=True)
    _esm = """
    const owned = (value) => value.byteOffset === 0 && value.buffer.byteLength === value.byteLength;
    export default {
      initialize({ model }) {
        for (const [name, value] of Object.entries(model.get("value"))) {
          log(name, value, typeof value, ...(value instanceof DataView ? [owned(value)] : []));
        }
      },
    };
    """


STEPS = [python("w = Widget(value=VALUES)")]
