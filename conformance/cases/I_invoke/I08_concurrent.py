"""Many invocations at once each get their own answer."""

import anywidget
from anywidget.experimental import command

from conformance.steps import python, show

ROWS = "I8"


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      async render({ experimental }) {
        const answers = await Promise.all([1, 2, 3, 4, 5].map((n) => experimental.invoke("mine", n)));
        log(answers.map(([response]) => response));
      },
    };
    """

    @command
    def mine(self, msg, buffers):
        return msg * 10, []


STEPS = [python("w = Widget()"), show("w", "a")]
