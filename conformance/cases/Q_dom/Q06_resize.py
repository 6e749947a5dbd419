"""When a view's room changes, a `resize` of the window is announced."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "Q6"
DIFFERS = "The reference leaves it to the application around it."


class Widget(anywidget.AnyWidget):
    _esm = """export default { render({ el }) { el.style.height = "10px"; } };"""


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""let heard = false; addEventListener("resize", () => { heard = true; });
slot("a").style.width = "200px";
for (let tries = 0; tries < 400 && !heard; tries++) await new Promise((resolve) => setTimeout(resolve, 25));
log("resize", heard)"""),
]
