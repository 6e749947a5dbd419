"""A child's own children end with the child's view, when no signal is passed."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "D9"
DIFFERS = "In the reference they end with the outermost view."


class Leaf(anywidget.AnyWidget):
    _esm = """
    export default {
      render({ signal }) { signal.addEventListener("abort", () => log("leaf aborts")); log("leaf"); },
    };
    """


class Middle(anywidget.AnyWidget):
    child = anywidget.WidgetTrait().tag(sync=True)
    _esm = """
    export default {
      async render({ model, el, host, signal }) {
        signal.addEventListener("abort", () => log("middle aborts"));
        const child = await host.getWidget(model.get("child"));
        await child.render({ el: el.appendChild(document.createElement("div")) });
      },
    };
    """


class Outer(anywidget.AnyWidget):
    child = anywidget.WidgetTrait().tag(sync=True)
    _esm = """
    export default {
      async render({ model, el, host }) {
        globalThis.controller = new AbortController();
        const child = await host.getWidget(model.get("child"));
        const place = el.appendChild(document.createElement("div"));
        await child.render({ el: place, signal: controller.signal });
      },
    };
    """


STEPS = [
    python("o = Outer(child=Middle(child=Leaf()))"),
    show("o", "a"),
    browser("controller.abort()"),
]
