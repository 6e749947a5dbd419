"""A click in a view sets a value, which shows everywhere at once and is saved to Python."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, click, python, show

ROWS = "E7 F14 G2"


class Counter(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      render({ model, el }) {
        const button = el.appendChild(document.createElement("button"));
        const write = () => { button.textContent = `count is ${model.get("n")}`; };
        button.addEventListener("click", () => {
          model.set("n", model.get("n") + 1);
          model.save_changes();
        });
        model.on("change:n", write);
        write();
      },
    };
    """


LOOK = """log(slot("a").textContent, slot("b").textContent)"""

STEPS = [
    python("c = Counter()"),
    show("c", "a"),
    show("c", "b"),
    click("a", "button"),
    click("b", "button"),
    browser(LOOK),
    python("log(c.n)\nc.n = 10"),
    browser(LOOK),
]
