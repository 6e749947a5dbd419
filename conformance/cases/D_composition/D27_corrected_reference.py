"""A reference that the page writes into a widget trait is refused by Python, and corrected."""

import anywidget

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "D27 G14"
DIFFERS = "The reference leaves the page with a value that Python never took."


class Child(anywidget.AnyWidget):
    _esm = "export default {};"


class Parent(anywidget.AnyWidget):
    child = anywidget.WidgetTrait().tag(sync=True)
    _esm = """
    export default {
      render({ model }) {
        model.on("change:child", () => log("child", model.get("child")));
        globalThis.parent_ = model;
      },
    };
    """


STEPS = [
    python("c, d = Child(), Child()\np = Parent(child=c)"),
    show("p", "a"),
    browser("""parent_.set("child", `anywidget:${id("d")}`); parent_.save_changes()"""),
    python("log(p.child is c)"),
    browser("""log(parent_.get("child"))"""),
]
