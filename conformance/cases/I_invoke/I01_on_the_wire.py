"""An invocation is a custom message with an id, a kind, a name and a message."""

import re

import anywidget

from conformance.inside import log
from conformance.steps import python, show

ROWS = "I1 I3"


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      render({ experimental }) {
        const buffers = [new Uint8Array([7])];
        experimental.invoke("mine", { a: 1 }, { buffers }).then((answer) => log("answer", answer));
      },
    };
    """

    def __init__(self):
        super().__init__()
        self.on_msg(self._asked)

    def _asked(self, _widget, content, buffers):
        uuid = re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", content["id"])
        log("asked", sorted(content), uuid is not None, content["kind"], content["name"], content["msg"], buffers)
        reply = {"kind": "anywidget-command-response", "response": "right"}
        self.send({**reply, "id": "another", "response": "wrong"})
        self.send({"no": "answer"})
        self.send({**reply, "id": content["id"]}, [b"\x08"])
        self.send({**reply, "id": content["id"], "response": "late"})


STEPS = [python("w = Widget()"), show("w", "a")]
