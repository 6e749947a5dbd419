"""A function or a node in the state makes `save_changes` throw, and the key is named."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "O6 L2"


class Widget(anywidget.AnyWidget):
    value = traitlets.Any().tag(sync=True)
    _esm = "export default { render({ model }) { globalThis.model = model; } };"

    @traitlets.observe("value")
    def _changed(self, change):
        log(change["new"])


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""model.set("value", { call: () => {} });
try { model.save_changes(); log("no error"); } catch (error) {
  const text = "Error serializing widget state attribute";
  log("throws", error instanceof Error, told(text) || error.message.includes(text));
}"""),
    browser("""model.set("value", 1); model.save_changes()"""),
]
