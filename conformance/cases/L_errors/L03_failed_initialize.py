"""After a failed `initialize` updates still arrive, so that others, and new code, find the state as it is."""

import anywidget
import traitlets

from conformance.steps import python, show

ROWS = "L3"
DIFFERS = "The reference drops every update, new code included."


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """export default { initialize() { throw new Error("no"); }, render() { log("never"); } };"""


class Reader(anywidget.AnyWidget):
    other = traitlets.Unicode().tag(sync=True)
    _esm = """
    export default {
      async render({ model }) {
        const other = await model.widget_manager.get_model(model.get("other"));
        log("read", other.get("n"));
      },
    };
    """


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    python("w.n = 1"),
    python("r = Reader(other=w.model_id)"),
    show("r", "b"),
    python('w._esm = \'export default { render({ model }) { log("render", model.get("n")); } };\''),
]
