"""`initialize` may await an answer, though messages wait for it otherwise."""

import anywidget
from anywidget.experimental import command

from conformance.steps import python, show, wait

ROWS = "I15 B14"
DIFFERS = "In the reference the answer waits for `initialize`, and `initialize` for the answer, until time is over."


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      async initialize({ experimental }) {
        await experimental.invoke("mine", 1).then(
          ([response]) => log("initialize", response),
          (error) => log("initialize", error.name),
        );
      },
      render() { log("render"); },
    };
    """

    @command
    def mine(self, msg, buffers):
        return msg * 10, []


STEPS = [python("w = Widget()"), wait("initialize"), show("w", "a")]
