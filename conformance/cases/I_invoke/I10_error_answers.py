"""An unknown command, one that raises and one that answers badly reject, at once and with the reason."""

import anywidget
from anywidget.experimental import command

from conformance.steps import python, show, wait

ROWS = "I10"
DIFFERS = "The reference answers none of them: time runs out."


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      async render({ experimental }) {
        await Promise.all(["unknown", "raises", "answers_badly"].map((name) => experimental.invoke(name, null).then(
          () => log(name, "resolved"),
          (error) => log(name, "rejected", error instanceof Error, error.name !== "TimeoutError",
            name !== "raises" || error.message.includes("my reason")),
        )));
        log("over");
      },
    };
    """

    @command
    def raises(self, msg, buffers):
        raise ValueError("my reason")

    @command
    def answers_badly(self, msg, buffers):
        return "no pair"


STEPS = [python("w = Widget()"), show("w", "a"), wait("over")]
