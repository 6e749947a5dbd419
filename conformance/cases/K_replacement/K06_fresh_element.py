"""With new code `el` starts anew: nothing that the old code did to it is left."""

import anywidget

from conformance.steps import python, show

ROWS = "K6"
DIFFERS = "The reference empties the element, and leaves its attributes."


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      render({ el }) {
        log("first", el.className.includes("mine"), el.style.color, el.dataset.mine, el.childNodes.length);
        el.classList.add("mine");
        el.style.color = "red";
        el.dataset.mine = "yes";
        el.append("text");
      },
    };
    """


STEPS = [python("w = Widget()"), show("w", "a"), python("w._esm = w._esm.replace('first', 'second')")]
