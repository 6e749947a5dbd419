"""A model's module is evaluated once, however many views there are and however often one comes back."""

import anywidget

from conformance.steps import python, remove, show

ROWS = "A14"


class Widget(anywidget.AnyWidget):
    _esm = """
    log("evaluated");
    export default { render() { log("render"); } };
    """


STEPS = [python("w = Widget()"), show("w", "a"), show("w", "b"), remove("a"), show("w", "c")]
