"""A plain object knows no custom messages: they do no harm, and it goes on."""

import anywidget.experimental

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "H12 P24 I14 G10"


class Plain:
    _repr_mimebundle_ = anywidget.experimental.MimeBundleDescriptor(
        _esm="export default { render({ model }) { globalThis.model = model; } };", autodetect_observer=False
    )

    def __init__(self):
        self.n = 0

    def _get_anywidget_state(self, include):
        return {"n": self.n}


STEPS = [
    python("w = Plain()\nw._repr_mimebundle_()"),
    show("w", "a"),
    browser("""model.send("hello"); model.set("n", 1); model.save_changes()"""),
    python("log(w.n)"),
    browser("""model.set("n", 2); model.save_changes()"""),
    python("log(w.n)"),
]
