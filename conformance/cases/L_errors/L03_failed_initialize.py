"""After a failed `initialize` updates still arrive, so that new code finds the state as it is."""

import anywidget
import traitlets

from conformance.steps import python, show

ROWS = "L3"
DIFFERS = "The reference drops every update, new code included."


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """export default { initialize() { throw new Error("no"); }, render() { log("never"); } };"""


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    python("w.n = 1"),
    python('w._esm = \'export default { render({ model }) { log("render", model.get("n")); } };\''),
]
