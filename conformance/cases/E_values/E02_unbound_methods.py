"""A model's methods work without the model: `const { get, set } = model`."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "E2 E7 G1"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(1).tag(sync=True)
    _esm = """
    export default {
      render({ model }) {
        const { get, set, save_changes, send, on, off } = model;
        const heard = () => log("heard", get("n"));
        on("change:n", heard);
        log(get("n"));
        globalThis.step = { get, set, save_changes, send, off: () => off("change:n", heard) };
      },
    };
    """

    def __init__(self):
        super().__init__()
        self.on_msg(lambda _widget, content, _buffers: log("message", content))


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""step.set("n", 2); log("at once", step.get("n"))"""),
    python("log(w.n)"),
    browser("step.save_changes(); step.send('hello')"),
    python("log(w.n)"),
    browser("""step.off(); step.set("n", 3)"""),
]
