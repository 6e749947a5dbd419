"""A URL is imported as it stands; models with the same URL share the module."""

import anywidget

from conformance.steps import python, show

ROWS = "A2 A15 A16"


class Widget(anywidget.AnyWidget):
    _esm = "http://cases.test/module.js"


class Fragment(anywidget.AnyWidget):
    _esm = "http://cases.test/module.js#other"


STEPS = [python("w = Widget()"), show("w", "a"), python("v = Widget()"), show("v", "b"), python("f = Fragment()")]
