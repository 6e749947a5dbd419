"""A child's `render` resolves, with nothing, when the child has rendered."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "D6"


class Child(anywidget.AnyWidget):
    _esm = """
    export default {
      async render({ el }) {
        log("child begins");
        await new Promise((resolve) => { globalThis.release = resolve; });
        log("child ends");
        return () => {};
      },
    };
    """


class Parent(anywidget.AnyWidget):
    child = anywidget.WidgetTrait().tag(sync=True)
    _esm = """
    export default {
      async render({ model, el, host }) {
        const child = await host.getWidget(model.get("child"));
        const promise = child.render({ el: el.appendChild(document.createElement("div")) });
        log("asked", promise instanceof Promise);
        log("resolved", await promise);
      },
    };
    """


STEPS = [python("p = Parent(child=Child())"), show("p", "a"), browser("release()")]
