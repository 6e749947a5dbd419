"""Of a default export and a named `render`, the default counts."""

import anywidget

from conformance.steps import python, show

ROWS = "A10"
DIFFERS = "The reference takes the named one."


class Widget(anywidget.AnyWidget):
    _esm = """
    export function render() { log("named render"); }
    export default { render() { log("default render"); } };
    """


STEPS = [python("w = Widget()"), show("w", "a")]
