"""A default that is no definition is refused with a reason, in the widget's place."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "A12"
DIFFERS = "The reference shows nothing, or waits for ever."


class Number(anywidget.AnyWidget):
    _esm = "export default 42;"


class Nothing(anywidget.AnyWidget):
    _esm = "export default () => undefined;"


class Function(anywidget.AnyWidget):
    _esm = "export default () => () => {};"


STEPS = [
    python("n, u, f = Number(), Nothing(), Function()"),
    show("n", "a"),
    show("u", "b"),
    show("f", "c"),
    browser("""for (const name of "abc") log(name, slot(name).querySelector("[role=alert]") !== null)"""),
]
