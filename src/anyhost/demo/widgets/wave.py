"""A wave that is bent by its crest."""

from pathlib import Path
from typing import Any

import anywidget
import traitlets as t


class Wave(anywidget.AnyWidget):
    """A two-dimensional control: dragging the crest across sets `wavelength`, up and down sets `height`.

    Both stay within `limits`; a value beyond, from Python or from a page, becomes the nearest that is allowed.
    """

    _esm = Path(__file__).with_suffix(".js")
    _css = Path(__file__).with_suffix(".css")

    wavelength = t.Float(14.0).tag(sync=True)
    height = t.Float(0.7).tag(sync=True)
    limits = t.Dict({"wavelength": [6.0, 30.0], "height": [0.1, 1.0]}, read_only=True).tag(sync=True)

    @t.validate("wavelength", "height")
    def _within_limits(self, proposal: dict[str, Any]) -> float:
        low, high = self.limits[proposal["trait"].name]
        # In this order, a NaN becomes `low`.
        return float(max(low, min(proposal["value"], high)))
