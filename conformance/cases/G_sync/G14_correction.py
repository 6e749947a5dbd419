"""A value that Python refuses or clamps is corrected in the page."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "G14"
DIFFERS = "The reference is told the refused value, and nothing after that."


class Widget(anywidget.AnyWidget):
    small = traitlets.Int(5, max=10).tag(sync=True)
    text = traitlets.Unicode("text").tag(sync=True)
    _esm = """
    export default {
      render({ model }) {
        for (const key of ["small", "text"]) model.on(`change:${key}`, () => log(key, model.get(key)));
        globalThis.model = model;
      },
    };
    """


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""model.set("small", 11); model.save_changes()"""),
    browser("""model.set("text", 42); model.save_changes()"""),
    browser("""log(model.get("small"), model.get("text"))"""),
    python("log(w.small, w.text)"),
]
