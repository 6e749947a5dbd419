"""A model without a view still initializes, and hears of changes."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import python

ROWS = "B11 M17"


class Hidden(anywidget.AnyWidget):
    _view_name = traitlets.Any(None, allow_none=True).tag(sync=True)
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      initialize({ model }) {
        log("initialize");
        model.on("change:n", () => log("n", model.get("n")));
      },
      render() { log("render"); },
    };
    """


STEPS = [python("w = Hidden()"), python("log(w._repr_mimebundle_())"), python("w.n = 1")]
