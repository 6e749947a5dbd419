"""Every binary value is a DataView over an ArrayBuffer of its own: in the state, an update, a message."""

import anywidget
import traitlets

from conformance.steps import python

ROWS = "E6 H5 N13"


class Widget(anywidget.AnyWidget):
    data = traitlets.Bytes(b"\x01").tag(sync=True)
    more = traitlets.Bytes(b"\x02\x03\x04").tag(sync=True)
    _esm = """
    const owned = (value) => [value, value.byteOffset, value.buffer.byteLength === value.byteLength];
    export default {
      initialize({ model }) {
        log("open", owned(model.get("data")), owned(model.get("more")));
        model.on("change:more", () => log("update", owned(model.get("data")), owned(model.get("more"))));
        model.on("msg:custom", (_content, buffers) => log("message", buffers.map(owned)));
      },
    };
    """


STEPS = [
    python("w = Widget()"),
    python("with w.hold_sync():\n    w.data, w.more = b'123', b'4567'"),
    python("w.send({}, [b'a', b'bcd'])"),
]
