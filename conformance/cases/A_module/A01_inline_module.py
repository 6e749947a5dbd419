"""Inline text is evaluated as an ES module, in UTF-8, with top-level `await`."""

import anywidget

from conformance.steps import python, show

ROWS = "A1 A5"


class Widget(anywidget.AnyWidget):
    _esm = """
    const later = await Promise.resolve("é∑😀");
    log("strict:", (function () { return this === undefined; })(), "this:", typeof this, later);
    export default {
      initialize() { log("initialize"); },
      render({ el }) { el.textContent = later; log("render", el.textContent); },
    };
    """


STEPS = [python("w = Widget()"), show("w", "a")]
