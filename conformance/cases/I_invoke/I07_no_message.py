"""The message may be left out: the command gets None."""

import anywidget
from anywidget.experimental import command

from conformance.inside import log
from conformance.steps import python, show, wait

ROWS = "I7"
DIFFERS = "In the reference the command fails without an answer, and time runs out."


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      async render({ experimental }) {
        await experimental.invoke("mine").then((answer) => log("over", answer), (error) => log("over", error.name));
      },
    };
    """

    @command
    def mine(self, msg, buffers):
        log("message", msg)
        return msg, buffers


STEPS = [python("w = Widget()"), show("w", "a"), wait("over")]
