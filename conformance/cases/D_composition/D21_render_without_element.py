"""A child's `render` without an element is refused in words."""

import anywidget

from conformance.steps import python, show

ROWS = "D21"
DIFFERS = "The reference fails with what destructuring says."


class Child(anywidget.AnyWidget):
    _esm = "export default {};"


class Parent(anywidget.AnyWidget):
    child = anywidget.WidgetTrait().tag(sync=True)
    _esm = """
    export default {
      async render({ model, host }) {
        const child = await host.getWidget(model.get("child"));
        for (const options of [undefined, {}]) {
          await child.render(options).then(
            () => log("rendered"),
            (error) => log("refused", error.message.includes("[anywidget]")),
          );
        }
      },
    };
    """


STEPS = [python("p = Parent(child=Child())"), show("p", "a")]
