"""`tooltip` is the view's title, `tabbable` its place in the order of keys."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "Q3"
DIFFERS = "In the reference a tooltip is the end of the view."


class Widget(anywidget.AnyWidget):
    _esm = """export default { render({ el }) { globalThis.place = el; log("render"); } };"""


LOOK = """log(place.closest("[title]")?.title, place.closest("[tabindex]")?.tabIndex)"""

STEPS = [
    python("w = Widget(tooltip='a tip', tabbable=True)"),
    show("w", "a"),
    browser(LOOK),
    python("w.tooltip = 'another'\nw.tabbable = False"),
    browser(LOOK),
    python("w.tooltip = w.tabbable = None"),
    browser(LOOK),
]
