"""`_css` may be a URL."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "J2"


class Widget(anywidget.AnyWidget):
    _css = "http://cases.test/style.css"
    _esm = """export default { render({ el }) { el.className = "of-case"; } };"""


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""log(getComputedStyle(slot("a").querySelector(".of-case")).color)"""),
]
