"""A closed model is forgotten: its views are empty, late messages are dropped, and others go on."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "M11 P18"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      render({ model }) {
        (globalThis.models ??= []).push(model);
        model.on("change:n", () => log("n", model.get("n")));
      },
    };
    """


STEPS = [
    python("v, w = Widget(), Widget()\nkept = v.comm"),
    show("v", "a"),
    show("w", "b"),
    python("v.close()"),
    python("v.n = 1\nv.send('late')"),
    browser("""for (const model of models) {
  try { model.set("n", 5); model.save_changes(); } catch {} // a closed one may refuse
}"""),
    python("log(v.n, w.n, v.comm)"),
]
