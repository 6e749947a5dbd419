"""With a signal that is aborted already nothing is sent."""

import anywidget

from conformance.inside import log
from conformance.steps import python, show

ROWS = "I6"
DIFFERS = "The reference sends all the same."


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      async render({ experimental }) {
        await experimental.invoke("mine", 1, { signal: AbortSignal.abort("before") })
          .catch((reason) => log("rejected", reason));
      },
    };
    """

    def __init__(self):
        super().__init__()
        self.on_msg(lambda _widget, content, _buffers: log("asked", content["name"]))


STEPS = [python("w = Widget()"), show("w", "a")]
