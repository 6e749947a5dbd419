"""Another child in a trait is a change with another reference; the parent decides what follows."""

import anywidget

from conformance.steps import python, show

ROWS = "D19"


class Child(anywidget.AnyWidget):
    _esm = """
    export default { render({ signal }) { signal.addEventListener("abort", () => log("child aborts")); } };
    """


class Parent(anywidget.AnyWidget):
    child = anywidget.WidgetTrait().tag(sync=True)
    _esm = """
    export default {
      async render({ model, el, host }) {
        model.on("change:child", () => log("change", model.get("child")));
        const child = await host.getWidget(model.get("child"));
        await child.render({ el: el.appendChild(document.createElement("div")) });
        log("shown", model.get("child"));
      },
    };
    """


STEPS = [
    python("c, d = Child(), Child()\np = Parent(child=c)"),
    show("p", "a"),
    python("p.child = d"),
    python("p.child = None"),
]
