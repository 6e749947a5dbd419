"""New text applies at once, without another `render` or `initialize`."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "J4"


class Widget(anywidget.AnyWidget):
    _css = ".of-case { color: rgb(1, 2, 3); }"
    _esm = """
    export default {
      initialize({ model }) {
        log("initialize");
        model.on("change:_css", () => log("change"));
      },
      render({ el }) { log("render"); el.className = "of-case"; },
    };
    """


LOOK = """log(getComputedStyle(slot("a").querySelector(".of-case")).color)"""

STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser(LOOK),
    python("w._css = '.of-case { color: rgb(4, 5, 6); }'"),
    browser(LOOK),
]
