"""Layout, classes and tooltip are not on `el` itself, where they would fight with the widget's own."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "Q5"
DIFFERS = "The reference puts them on `el`."


class Widget(anywidget.AnyWidget):
    _esm = """export default { render({ el }) { globalThis.place = el; } };"""


STEPS = [
    python("w = Widget(layout={'width': '123px'}, _dom_classes=['mine'])"),
    show("w", "a"),
    browser("""log(place.style.width, place.classList.contains("mine"))"""),
]
