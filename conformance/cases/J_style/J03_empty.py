"""An empty or absent `_css` is nothing."""

import anywidget
import traitlets

from conformance.steps import browser, python, show

ROWS = "J3"


class Empty(anywidget.AnyWidget):
    _css = traitlets.Unicode("").tag(sync=True)
    _esm = """export default { render() { log("empty"); } };"""


class Absent(anywidget.AnyWidget):
    _esm = """export default { render() { log("absent"); } };"""


STEPS = [
    python("e, a = Empty(), Absent()"),
    show("e", "a"),
    show("a", "b"),
    browser("""log(told("[anywidget]"), told("Error"))"""),
]
