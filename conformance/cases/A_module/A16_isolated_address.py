"""Of an author's own address, too, a class that asks for isolation gets an instance for each model."""

import anywidget

from conformance.steps import python, show

ROWS = "A15 A16"
DIFFERS = "Jupyter shares the module of a URL between all models, and knows no way to ask for another."


class Widget(anywidget.AnyWidget):
    _anyhost_isolate = True
    _esm = "http://cases.test/module.js"


STEPS = [python("w = Widget()"), python("v = Widget()"), show("w", "a"), show("v", "b")]
