"""A new URL replaces the old sheet."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "J5"
DIFFERS = "In the reference the old sheet stays."


class Widget(anywidget.AnyWidget):
    _css = "http://cases.test/style.css"
    _esm = """export default { render({ el }) { el.className = "of-case other-case"; } };"""


LOOK = """const { color, backgroundColor } = getComputedStyle(slot("a").querySelector(".of-case"));
log(color === "rgb(1, 2, 3)", backgroundColor === "rgb(7, 8, 9)")"""

STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser(LOOK),
    python("w._css = 'http://cases.test/background.css'"),
    browser(LOOK),
]
