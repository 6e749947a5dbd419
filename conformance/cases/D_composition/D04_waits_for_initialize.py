"""`getWidget` waits for the child's `initialize`, though no one has ever shown the child."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "D4 D25"


class Child(anywidget.AnyWidget):
    _esm = """
    export default {
      async initialize() {
        log("child begins");
        await new Promise((resolve) => { globalThis.release = resolve; });
        log("child ends");
        return { ready: true };
      },
      render({ el }) { el.textContent = "child"; log("child renders"); },
    };
    """


class Parent(anywidget.AnyWidget):
    child = anywidget.WidgetTrait().tag(sync=True)
    _esm = """
    export default {
      async render({ model, el, host }) {
        log("asked");
        const child = await host.getWidget(model.get("child"));
        log("got", child.exports);
        await child.render({ el });
        log("shown", el.textContent);
      },
    };
    """


STEPS = [python("c = Child()\np = Parent(child=c)"), show("p", "a"), browser("release()")]
