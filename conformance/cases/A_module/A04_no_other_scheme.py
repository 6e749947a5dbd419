"""A path or another scheme in `_esm` is an error that says so."""

import anywidget
import traitlets

from conformance.steps import browser, python, show

ROWS = "A4"
DIFFERS = "The reference fails with a syntax error in the console, and shows nothing."


class Data(anywidget.AnyWidget):
    _esm = traitlets.Unicode("data:text/javascript,export default {}").tag(sync=True)


class Path(anywidget.AnyWidget):
    _esm = traitlets.Unicode("/widget.js").tag(sync=True)


STEPS = [
    python("d, p = Data(), Path()"),
    show("d", "a"),
    show("p", "b"),
    browser("""log(/_esm looks like/.test(slot("a").textContent), /_esm looks like/.test(slot("b").textContent))"""),
]
