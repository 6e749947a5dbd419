"""An import that failed can succeed when the same address comes again."""

import anywidget

from conformance.steps import python, show

ROWS = "A22 K5"
DIFFERS = "In the reference a first failure is the end of the model: updates no longer reach it."


class Widget(anywidget.AnyWidget):
    _esm = "http://cases.test/flaky/plain.js"


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    python("""w._esm = "export default { render() { log('between'); } }" """),
    python("w._esm = 'http://cases.test/flaky/plain.js'"),
]
