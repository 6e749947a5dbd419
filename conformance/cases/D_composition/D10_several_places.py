"""One child in several elements is several views, and one `initialize`."""

import anywidget
import traitlets

from conformance.steps import browser, python, show

ROWS = "D10"


class Child(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      initialize() { log("initialize"); },
      render({ model, el }) {
        const write = () => { el.textContent = model.get("n"); };
        model.on("change:n", write);
        write();
      },
    };
    """


class Parent(anywidget.AnyWidget):
    child = anywidget.WidgetTrait().tag(sync=True)
    _esm = """
    export default {
      async render({ model, el, host }) {
        const child = await host.getWidget(model.get("child"));
        for (let n = 0; n < 3; n++) await child.render({ el: el.appendChild(document.createElement("b")) });
      },
    };
    """


LOOK = """log([...slot("a").querySelectorAll("b")].map((el) => el.textContent))"""

STEPS = [
    python("c = Child()\np = Parent(child=c)"),
    show("p", "a"),
    browser(LOOK),
    python("c.n = 7"),
    browser(LOOK),
]
