"""A style sheet with a URL is in effect when `render` runs, too."""

import anywidget

from conformance.steps import python, show

ROWS = "J1"
DIFFERS = "The reference does not wait for it."


class Widget(anywidget.AnyWidget):
    _css = "http://cases.test/style.css"
    _esm = """
    export default {
      render() {
        const probe = document.body.appendChild(document.createElement("p"));
        probe.className = "of-case";
        log(getComputedStyle(probe).color === "rgb(1, 2, 3)");
        probe.remove();
      },
    };
    """


STEPS = [python("w = Widget()"), show("w", "a")]
