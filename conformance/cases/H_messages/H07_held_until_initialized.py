"""Messages and updates that come before `initialize` has settled are delivered after it."""

import anywidget
import traitlets

from conformance.steps import python

ROWS = "H7"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      async initialize({ model }) {
        await Promise.resolve();
        model.on("msg:custom", (content) => log("message", content));
        model.on("change:n", () => log("n", model.get("n")));
        log("initialized");
      },
    };
    """


STEPS = [python("w = Widget()\nw.n = 1\nw.send('one')\nw.send('two')")]
