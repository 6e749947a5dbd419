"""Without a signal a child's view ends with the `render` call that made it: new code of the parent's ends it."""

import anywidget

from conformance.steps import python, show

ROWS = "D8"
DIFFERS = "In the reference the old child's view goes on until the parent's view is removed."


class Child(anywidget.AnyWidget):
    _esm = """
    let count = 0;
    export default {
      render({ signal }) {
        const view = ++count;
        log("child view", view);
        signal.addEventListener("abort", () => log("child view", view, "aborts"));
      },
    };
    """


class Parent(anywidget.AnyWidget):
    child = anywidget.WidgetTrait().tag(sync=True)
    _esm = """
    export default {
      async render({ model, el, host }) {
        const child = await host.getWidget(model.get("child"));
        await child.render({ el: el.appendChild(document.createElement("div")) });
      },
    };
    """


STEPS = [python("p = Parent(child=Child())"), show("p", "a"), python("p._esm += '// other'")]
