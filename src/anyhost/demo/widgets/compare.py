"""Two widgets in one place."""

from pathlib import Path

import anywidget
import traitlets as t


class Compare(anywidget.AnyWidget):
    """Lays `left` over `right`, with a divider to drag. Both are widgets, and stay as live as they are alone.

    `position` is where the divider stands, from 0 (only `right` shows) to 1 (only `left`).
    """

    _esm = Path(__file__).with_suffix(".js")
    _css = Path(__file__).with_suffix(".css")

    left = anywidget.WidgetTrait().tag(sync=True)
    right = anywidget.WidgetTrait().tag(sync=True)
    left_label = t.Unicode("left").tag(sync=True)
    right_label = t.Unicode("right").tag(sync=True)
    position = t.Float(0.5, min=0.0, max=1.0).tag(sync=True)
