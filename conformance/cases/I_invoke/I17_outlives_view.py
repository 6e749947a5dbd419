"""An invocation outlives the view that began it."""

import anywidget
from anywidget.experimental import command

from conformance.steps import browser, python, show

ROWS = "I17"


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      render({ experimental }) {
        globalThis.ask = () => experimental.invoke("mine", 1).then(([response]) => log("answer", response));
        return () => log("cleanup");
      },
    };
    """

    @command
    def mine(self, msg, buffers):
        return 42, []


STEPS = [python("w = Widget()"), show("w", "a"), browser("""void ask(); conformance.remove("a")""")]
