"""A widget without a front end here is named in its place, and the rest of its box works."""

import anywidget
import ipywidgets
import traitlets

from conformance.steps import browser, python, show

ROWS = "L5"
DIFFERS = "The reference shows the traceback of a failed import."


class Other(ipywidgets.DOMWidget):
    _model_module = traitlets.Unicode("other-widgets").tag(sync=True)
    _model_name = traitlets.Unicode("OtherModel").tag(sync=True)
    _view_module = traitlets.Unicode("other-widgets").tag(sync=True)
    _view_name = traitlets.Unicode("OtherView").tag(sync=True)


class Fine(anywidget.AnyWidget):
    _esm = """export default { render({ el }) { el.textContent = "fine"; log("fine"); } };"""


STEPS = [
    python("b = ipywidgets.VBox([Other(), Fine()])"),
    show("b", "a"),
    browser("""log(...["other-widgets", "Other", "fine"].map((text) => slot("a").textContent.includes(text)))"""),
]
