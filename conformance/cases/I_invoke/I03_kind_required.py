"""Only an answer of the right kind counts, though another message has the same id."""

import anywidget

from conformance.steps import python, show

ROWS = "I3"
DIFFERS = "The reference takes any message with that id."


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      async render({ experimental }) { log((await experimental.invoke("mine", 1))[0]); },
    };
    """

    def __init__(self):
        super().__init__()
        self.on_msg(self._asked)

    def _asked(self, _widget, content, _buffers):
        self.send({"id": content["id"], "kind": "progress", "response": "half"})
        self.send({"id": content["id"], "kind": "anywidget-command-response", "response": "whole"})


STEPS = [python("w = Widget()"), show("w", "a")]
