"""After code that cannot be loaded, the next good code runs, and hears of updates."""

import anywidget
import traitlets

from conformance.steps import python, show

ROWS = "K5 L3"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """export default { render({ model }) { log("first", model.get("n")); } };"""


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    python("w._esm = 'this is no module'"),
    python("w.n = 1"),
    python("""w._esm = '''export default {
  render({ model }) { log("second", model.get("n")); model.on("change:n", () => log("n", model.get("n"))); },
};'''"""),
    python("w.n = 2"),
]
