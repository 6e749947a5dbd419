"""A model's module is evaluated once however many views there are, of a class too that asks for isolation."""

import anywidget

from conformance.steps import python, remove, show

ROWS = "A14"


class Widget(anywidget.AnyWidget):
    _anyhost_isolate = True  # a host that shares modules between models: one for each model, please (A15)
    _esm = """
    log("evaluated");
    export default { render() { log("render"); } };
    """


STEPS = [python("w = Widget()"), show("w", "a"), show("w", "b"), remove("a"), show("w", "c")]
