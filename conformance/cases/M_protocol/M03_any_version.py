"""A front-end version other than the host's is no error."""

import anywidget
import traitlets

from conformance.steps import python, show

ROWS = "M3"


class Widget(anywidget.AnyWidget):
    _model_module_version = traitlets.Unicode("~0.9.*").tag(sync=True)
    _view_module_version = traitlets.Unicode("~99.0.*").tag(sync=True)
    _esm = """export default { render() { log("render"); } };"""


STEPS = [python("w = Widget()"), show("w", "a")]
