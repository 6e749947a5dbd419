"""A client can write no attribute of a plain object that is not in its state."""

import anywidget.experimental

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "P19"
DIFFERS = "The reference sets whatever attribute the page names."


class Plain:
    _repr_mimebundle_ = anywidget.experimental.MimeBundleDescriptor(
        _esm="export default { render({ model }) { globalThis.model = model; } };", autodetect_observer=False
    )

    def __init__(self):
        self.n = 0
        self.secret = "kept"

    def _get_anywidget_state(self, include):
        return {"n": self.n}


STEPS = [
    python("p = Plain()"),
    show("p", "a"),
    browser("""model.set("secret", "changed"); model.set("n", 1); model.set("new", 1); model.save_changes()"""),
    python("log(p.n, p.secret, hasattr(p, 'new'))"),
]
