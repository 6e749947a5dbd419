"""A child whose `initialize` never settles is refused after 10 s."""

import anywidget

from conformance.steps import python, show, wait

ROWS = "D14"


class Child(anywidget.AnyWidget):
    _esm = "export default { initialize: () => new Promise(() => {}) };"


class Parent(anywidget.AnyWidget):
    child = anywidget.WidgetTrait().tag(sync=True)
    _esm = """
    export default {
      async render({ model, host }) {
        await host.getWidget(model.get("child")).catch((error) => log("refused", error.message));
      },
    };
    """


STEPS = [python("c = Child()\np = Parent(child=c)"), show("p", "a"), wait("refused")]
