"""A pending `getWidget` survives new code of the child's, and resolves with it."""

import anywidget

from conformance.steps import python, show

ROWS = "D16"
DIFFERS = "The reference rejects it."


class Child(anywidget.AnyWidget):
    _esm = "export default { initialize: () => new Promise(() => {}) };"


class Parent(anywidget.AnyWidget):
    child = anywidget.WidgetTrait().tag(sync=True)
    _esm = """
    export default {
      async render({ model, host }) {
        log("asked");
        await host.getWidget(model.get("child")).then(
          (child) => log("got", child.exports),
          (error) => log("rejected"),
        );
      },
    };
    """


STEPS = [
    python("c = Child()\np = Parent(child=c)"),
    show("p", "a"),
    python("c._esm = 'export default { initialize: () => ({ version: 2 }) };'"),
]
