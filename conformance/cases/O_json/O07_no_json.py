"""Maps, sets and big integers are refused with an error that says what they are; a Date becomes text."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "O7"
DIFFERS = "In the reference maps and sets become empty objects."


class Widget(anywidget.AnyWidget):
    value = traitlets.Any().tag(sync=True)
    _esm = "export default { render({ model }) { globalThis.model = model; } };"

    @traitlets.observe("value")
    def _changed(self, change):
        log(change["new"])


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""for (const value of [new Map([["a", 1]]), new Set([1]), 1n, new Date(0)]) {
  model.set("value", value);
  try { model.save_changes(); log("saved"); } catch (error) { log("refused"); }
}"""),
]
