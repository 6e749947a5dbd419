"""`set` takes an object, too: all keys at once, and one `change`."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import python, show

ROWS = "E8 F3 F5"


class Widget(anywidget.AnyWidget):
    a = traitlets.Int(0).tag(sync=True)
    b = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      render({ model }) {
        model.on("change:a", () => log("a", model.get("a"), model.get("b")));
        model.on("change:b", () => log("b", model.get("a"), model.get("b")));
        model.on("change", () => log("change"));
        model.set({ a: 1, b: 2 });
        model.save_changes();
      },
    };
    """


STEPS = [python("w = Widget()"), show("w", "a"), python("log(w.a, w.b)")]
