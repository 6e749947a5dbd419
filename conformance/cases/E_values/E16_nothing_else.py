"""Backbone's other methods and fields are not there."""

import anywidget

from conformance.steps import python, show

ROWS = "E16"


class Widget(anywidget.AnyWidget):
    _esm = """
    const others = ["once", "listenTo", "stopListening", "trigger", "attributes", "model_id"];
    export default { render({ model }) { log(others.filter((name) => model[name] !== undefined)); } };
    """


STEPS = [python("w = Widget()"), show("w", "a")]
