"""A message handler of the author's own may answer a command, with no `@command` for it, and later."""

import asyncio

import anywidget

from conformance.steps import python, show, wait

ROWS = "I2 I10"


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      async render({ experimental }) {
        await experimental.invoke("mine", 1).then((answer) => log("over", answer), (error) => log("over", error));
      },
    };
    """

    def __init__(self):
        super().__init__()
        self.on_msg(self.asked)

    def asked(self, widget, content, buffers):
        answer = {"id": content["id"], "kind": "anywidget-command-response", "response": content["msg"] + 1}
        asyncio.get_running_loop().call_later(0.3, self.send, answer, [b"late"])


STEPS = [python("w = Widget()"), show("w", "a"), wait("over")]
