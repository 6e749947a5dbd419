"""An invocation is answered with the command's response and buffers; both directions carry binary data."""

import anywidget
from anywidget.experimental import command

from conformance.inside import log
from conformance.steps import python, show

ROWS = "I2 I9 I18"


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      async render({ experimental }) {
        log(await experimental.invoke("echo", { a: [1, null] }));
        const buffers = [new Uint8Array([1, 2]), new Uint8Array([3]).buffer];
        log(await experimental.invoke("echo", "text", { buffers }));
      },
    };
    """

    @command
    def echo(self, msg, buffers):
        log("command", msg, [type(buffer).__name__ for buffer in buffers])
        return {"said": msg}, [bytes(buffer)[::-1] for buffer in buffers]


STEPS = [python("w = Widget()"), show("w", "a")]
