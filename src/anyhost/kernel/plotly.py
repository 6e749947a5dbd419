"""Plotly figures, shown by a widget of our own.

Jupyter has a renderer for plotly's media type; in a page of ours that renderer is an anywidget, whose
code is the plotly.js of the user's own plotly. So it travels and is cached like any widget's code: once
for all figures, with no CDN. (Plotly's `notebook` renderer puts 5 MB into an output of the session, and
a script tag for MathJax's CDN into each figure; its FigureWidget knows no frames.)
"""

from __future__ import annotations

from functools import cache
from typing import Any

import anywidget
import traitlets

PLOTLY_MIMETYPE = "application/vnd.plotly.v1+json"

_BEFORE = "const module = { exports: {} };\n"
_AFTER = """
const Plotly = module.exports;
export default {
  async render({ model, el, signal }) {
    const { data, layout = {}, frames = [], config = {} } = structuredClone(model.get("figure"));
    const root = el.appendChild(document.createElement("div"));
    signal.addEventListener("abort", () => Plotly.purge(root));
    await Plotly.newPlot(root, data, layout, { responsive: true, ...config });
    if (frames.length && !signal.aborted) await Plotly.addFrames(root, frames);
  },
};
"""


class PlotlyFigure(anywidget.AnyWidget):  # type: ignore[misc]
    """One figure, as it was when it was displayed."""

    _esm = traitlets.Unicode().tag(sync=True)
    figure = traitlets.Dict().tag(sync=True)


def plotly_view(figure: dict[str, Any]) -> PlotlyFigure:
    """A widget that shows what plotly's media type holds: data, layout, frames and config."""
    return PlotlyFigure(_esm=_module(), figure=figure)


@cache
def _module() -> str:
    from plotly.offline import get_plotlyjs

    return _BEFORE + str(get_plotlyjs()) + _AFTER
