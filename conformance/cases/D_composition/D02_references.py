"""A widget in a trait is `anywidget:<model id>`, at any depth; the parent resolves it."""

import anywidget

from conformance.steps import python, show

ROWS = "D2 D25 M16"


class Child(anywidget.AnyWidget):
    _esm = """
    export default { initialize() { log("child initializes"); return { answer: 42 }; } };
    """


class Parent(anywidget.AnyWidget):
    child = anywidget.WidgetTrait().tag(sync=True)
    _esm = """
    export default {
      async render({ model, host }) {
        log("reference", model.get("child"));
        const { exports, render } = await host.getWidget(model.get("child"));
        log(exports, typeof render);
      },
    };
    """


STEPS = [python("c = Child()"), python("p = Parent(child=c)"), show("p", "a")]
