"""A line of what Python has to say."""

from pathlib import Path

import anywidget
import traitlets as t


class Readout(anywidget.AnyWidget):
    """Shows `text` under `label`, as it is: it is never read as HTML."""

    _esm = Path(__file__).with_suffix(".js")
    _css = Path(__file__).with_suffix(".css")

    label = t.Unicode("Python sees").tag(sync=True)
    text = t.Unicode().tag(sync=True)
