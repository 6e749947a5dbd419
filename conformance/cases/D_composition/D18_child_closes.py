"""A child that closes while its parent shows it is aborted and cleaned up."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "D18"
DIFFERS = "The reference leaves it where it is, without an abort."


class Child(anywidget.AnyWidget):
    _esm = """
    export default {
      render({ el, signal }) {
        el.textContent = "child";
        signal.addEventListener("abort", () => log("child aborts"));
        return () => log("child cleans up");
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


STEPS = [
    python("c = Child()\np = Parent(child=c)"),
    show("p", "a"),
    python("c.close()"),
    browser("""log("left", slot("a").textContent)"""),
]
