"""An error in `render` is told in the console, with its stack."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "L1"


class Widget(anywidget.AnyWidget):
    _esm = """
    function culprit() { throw new TypeError("my mistake"); }
    export default { render() { culprit(); } };
    """


STEPS = [python("w = Widget()"), show("w", "a"), browser("""log(told("TypeError: my mistake"), told("culprit"))""")]
