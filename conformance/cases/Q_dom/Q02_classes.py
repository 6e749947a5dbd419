"""`_dom_classes` are on the view's outer element, live."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "Q2"
DIFFERS = "In the reference anywidget's front end takes away the listeners with which Jupyter's view follows a change."


class Widget(anywidget.AnyWidget):
    _esm = """export default { render({ el }) { globalThis.place = el; } };"""


LOOK = """log(["one", "two"].filter((name) => place.closest(`.${name}`)))"""

STEPS = [
    python("w = Widget()\nw.add_class('one')"),
    show("w", "a"),
    browser(LOOK),
    python("w.add_class('two')"),
    browser(LOOK),
    python("w.remove_class('one')"),
    browser(LOOK),
]
