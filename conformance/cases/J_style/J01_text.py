"""`_css` text is in effect when `render` runs, in the whole page; its selectors are left as they are."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "J1 J8"


class Widget(anywidget.AnyWidget):
    _css = ".of-case { color: rgb(1, 2, 3); } #outside { color: rgb(4, 5, 6); }"
    _esm = """
    export default {
      render() {
        const probe = document.body.appendChild(document.createElement("p"));
        probe.className = "of-case";
        log(getComputedStyle(probe).color);
        probe.remove();
      },
    };
    """


STEPS = [
    browser("""document.body.insertAdjacentHTML("beforeend", "<p id='outside'>text</p>")"""),
    python("w = Widget()"),
    show("w", "a"),
    browser("""log(getComputedStyle(document.querySelector("#outside")).color)"""),
]
