"""Code that cannot be loaded leaves the old running, with the error over it; good code takes both away."""

import anywidget
import traitlets

from conformance.steps import browser, python, show

ROWS = "K4 K5"
DIFFERS = "The reference empties the views, and shows no error."


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      initialize() { return () => log("cleanup of initialize"); },
      render({ el, model }) {
        const p = el.appendChild(document.createElement("p"));
        const write = () => { p.textContent = `old ${model.get("n")}`; };
        model.on("change:n", write);
        write();
      },
    };
    """


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    python("w._esm = 'this is no module'"),
    python("w.n = 1"),
    browser("""log(slot("a").textContent.includes("old 1"), slot("a").querySelector("[role=alert]") !== null)"""),
    python("w._esm = 'export default { render({ el }) { el.textContent = \"new\"; } };'"),
    browser("""log(slot("a").textContent, slot("a").querySelector("[role=alert]") !== null)"""),
]
