"""A value that is changed in place and set again is equal to itself: no event, and nothing is sent."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "E12"


class Widget(anywidget.AnyWidget):
    items = traitlets.List([1]).tag(sync=True)
    _esm = """
    export default {
      render({ model }) {
        model.on("change:items", () => log("change"));
        globalThis.model = model;
      },
    };
    """


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""const items = model.get("items"); items.push(2); model.set("items", items); model.save_changes();
log(model.get("items"))"""),
    python("log(w.items)"),
]
