"""Another's `on_widget_constructed` is left alone, and called once for each widget."""

import anywidget
import ipywidgets

from conformance.inside import log
from conformance.steps import python, show

ROWS = "P6"


class Widget(anywidget.AnyWidget):
    _esm = """export default { render() { log("render"); } };"""


def constructed(widget):
    if isinstance(widget, Widget):
        log("constructed", widget.comm)


STEPS = [
    python("ipywidgets.Widget.on_widget_constructed(constructed)"),
    python("w = Widget()"),
    show("w", "a"),
]
