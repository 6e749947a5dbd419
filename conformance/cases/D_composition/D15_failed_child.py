"""A child that could not be loaded, or failed in `initialize`, is refused at once with that error."""

import anywidget

from conformance.steps import python, show, wait

ROWS = "D15"
DIFFERS = "The reference waits for 10 s, and says that time is over."


class Throws(anywidget.AnyWidget):
    _esm = """export default { initialize() { throw new Error("not today"); } };"""


class Broken(anywidget.AnyWidget):
    _esm = "this is no module"


class Parent(anywidget.AnyWidget):
    child = anywidget.WidgetTrait().tag(sync=True)
    _esm = """
    export default {
      async render({ model, host }) {
        const begun = performance.now();
        await host.getWidget(model.get("child")).catch((error) => {
          const told = error.message.includes("not today") || error.message.includes("Unexpected");
          log("refused", told, performance.now() - begun < 5000);
        });
      },
    };
    """


STEPS = [
    python("t, b = Throws(), Broken()\np, q = Parent(child=t), Parent(child=b)"),
    show("p", "a"),
    wait("refused"),
    show("q", "b"),
]
