"""A dev server's URL, which the bundler knows by its end, is imported as it stands."""

import anywidget

from conformance.steps import python, show

ROWS = "K12 A2"


class Widget(anywidget.AnyWidget):
    _esm = "http://cases.test/module.js?anywidget"


STEPS = [python("w = Widget()"), show("w", "a")]
