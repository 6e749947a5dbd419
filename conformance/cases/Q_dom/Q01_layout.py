"""`layout` applies to the view, and goes on applying."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "Q1"
DIFFERS = "In the reference anywidget's front end takes away the listeners with which Jupyter's view follows a change."


class Widget(anywidget.AnyWidget):
    _esm = """export default { render({ el }) { globalThis.place = el; el.textContent = "x"; } };"""


LOOK = """log(Math.round(place.getBoundingClientRect().width), place.checkVisibility())"""

STEPS = [
    python("w = Widget(layout={'width': '123px'})"),
    show("w", "a"),
    browser(LOOK),
    python("w.layout.width = '77px'"),
    browser(LOOK),
    python("w.layout = {'width': '55px'}"),
    browser(LOOK),
    python("w.layout.display = 'none'"),
    browser("log(place.checkVisibility())"),
]
