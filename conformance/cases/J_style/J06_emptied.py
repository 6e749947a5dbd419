"""Set to an empty text, the style goes."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "J6"
DIFFERS = "The reference keeps it."


class Widget(anywidget.AnyWidget):
    _css = ".of-case { color: rgb(1, 2, 3); }"
    _esm = """export default { render({ el }) { el.className = "of-case"; } };"""


LOOK = """log(getComputedStyle(slot("a").querySelector(".of-case")).color === "rgb(1, 2, 3)")"""

STEPS = [python("w = Widget()"), show("w", "a"), browser(LOOK), python("w._css = ''"), browser(LOOK)]
