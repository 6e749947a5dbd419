"""What JavaScript has and JSON has not: undefined members vanish, in lists they are null; Date is text."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "O6"


class Widget(anywidget.AnyWidget):
    value = traitlets.Any().tag(sync=True)
    _esm = "export default { render({ model }) { globalThis.model = model; } };"

    @traitlets.observe("value")
    def _changed(self, change):
        log(change["new"])


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""model.set("value", { a: undefined, b: [1, undefined, null] }); model.save_changes()"""),
    browser("""model.set("value", { at: new Date(0) }); model.save_changes()"""),
    browser("""model.set("value", new Date(1)); model.save_changes()"""),
]
