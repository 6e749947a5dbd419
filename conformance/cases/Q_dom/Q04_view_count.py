"""`_view_count` counts the views, once it is a number."""

import anywidget

from conformance.inside import log
from conformance.steps import python, remove, show

ROWS = "Q4"


class Widget(anywidget.AnyWidget):
    _esm = "export default { render() {} };"


STEPS = [
    python("v, w = Widget(), Widget(_view_count=0)"),
    show("v", "a"),
    show("w", "b"),
    python("log(v._view_count, w._view_count)"),
    show("w", "c"),
    python("log(w._view_count)"),
    remove("b"),
    remove("c"),
    python("log(w._view_count)"),
]
