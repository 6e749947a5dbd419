"""`get` gives the local value, and `undefined` for a key that is not there."""

import anywidget
import traitlets

from conformance.steps import python, show

ROWS = "E3"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(1).tag(sync=True)
    none = traitlets.Any(None, allow_none=True).tag(sync=True)
    local = traitlets.Int(2)
    _esm = """
    export default {
      render({ model }) { for (const key of ["n", "none", "local", "missing"]) log(key, model.get(key)); },
    };
    """


STEPS = [python("w = Widget()"), show("w", "a")]
