"""Bytes within something that is no dict, list or tuple arrive as base64."""

import anywidget
import traitlets

from conformance.steps import python

ROWS = "O1 N4"


class Widget(anywidget.AnyWidget):
    value = traitlets.Any().tag(sync=True)
    _esm = """export default { initialize({ model }) { log(model.get("value")); } };"""


STEPS = [python("w = Widget(value={'set': {b'abc'}, 'frozenset': frozenset([b'd'])})")]
