"""However long `initialize` takes, updates and messages wait for it, and none is lost."""

import anywidget
import traitlets

from conformance.steps import browser, python, show

ROWS = "B14 H7"
DIFFERS = "The reference gives up after 2 s, and drops every update from then on (anywidget#828)."


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      async initialize({ model }) {
        model.on("change:n", () => log("n", model.get("n")));
        model.on("msg:custom", (content) => log("message", content));
        log("initialize begins");
        await new Promise((resolve) => { globalThis.release = resolve; });
        log("initialize ends", model.get("n"));
      },
      render({ model }) { log("render", model.get("n")); },
    };
    """


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    python("w.n = 1\nw.send('one')\nw.n = 2"),
    browser("await new Promise((resolve) => setTimeout(resolve, 2200))"),
    browser("release()"),
    python("w.n = 3"),
]
