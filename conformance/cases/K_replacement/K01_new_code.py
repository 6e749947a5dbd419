"""New code starts over: old scopes end, `initialize` runs again, every view renders, the state stays."""

import anywidget
import traitlets

from conformance.steps import browser, python, show

ROWS = "K1 K2"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      initialize({ model }) {
        log("first initialize", model.get("n"), model.get("local"));
        model.on("change:n", () => log("first hears", model.get("n")));
        globalThis.model = model;
      },
      render({ model }) {
        log("first render", model.get("n"));
      },
    };
    """


STEPS = [
    python("w = Widget(n=1)"),
    show("w", "a"),
    browser("""model.set("local", "kept")"""),
    python("w.n = 2"),
    python("old = w._esm\nw._esm = old.replace('first', 'second')"),
    python("w.n = 3"),
    python("w.send_state('_esm')"),
    python("w._esm = old"),
]
