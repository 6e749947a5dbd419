"""A definition without `render` leaves its element empty, without an error."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "A13"


class Empty(anywidget.AnyWidget):
    _esm = "export default {};"


class Silent(anywidget.AnyWidget):
    _esm = """export default { initialize() { log("initialize"); } };"""


STEPS = [
    python("e, s = Empty(), Silent()"),
    show("e", "a"),
    show("s", "b"),
    browser("""log([slot("a").textContent, slot("b").textContent], told("[anywidget]"), told("Error"))"""),
]
