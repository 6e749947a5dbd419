"""Integers beyond 2^53 arrive as numbers."""

import anywidget
import traitlets

from conformance.steps import python

ROWS = "O4"


class Widget(anywidget.AnyWidget):
    value = traitlets.Any().tag(sync=True)
    _esm = """
    export default {
      initialize({ model }) {
        for (const value of model.get("value")) log(typeof value, value);
      },
    };
    """


STEPS = [python("w = Widget(value=[2**53 - 1, 2**53 + 1, -(2**60), 2**64])")]
