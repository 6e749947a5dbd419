"""A child's view ends with the signal that it was given, and otherwise with its parent's view."""

import anywidget
import traitlets

from conformance.steps import browser, python, remove, show

ROWS = "D7"


class Child(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      render({ model, el, signal }) {
        const name = el.dataset.name;
        model.on("change:n", () => log(name, "hears", model.get("n")));
        signal.addEventListener("abort", () => log(name, "aborts"));
        return () => log(name, "cleans up");
      },
    };
    """


class Parent(anywidget.AnyWidget):
    child = anywidget.WidgetTrait().tag(sync=True)
    _esm = """
    export default {
      async render({ model, el, host }) {
        const child = await host.getWidget(model.get("child"));
        globalThis.controller = new AbortController();
        for (const [name, signal] of [["given", controller.signal], ["parents", undefined]]) {
          const place = el.appendChild(document.createElement("div"));
          place.dataset.name = name;
          await child.render({ el: place, signal });
        }
      },
    };
    """


STEPS = [
    python("c = Child()\np = Parent(child=c)"),
    show("p", "a"),
    python("c.n = 1"),
    browser("controller.abort()"),
    python("c.n = 2"),
    remove("a"),
    python("c.n = 3"),
]
