"""A module without a usable export fails by saying so."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "A11 L2"


class Widget(anywidget.AnyWidget):
    _esm = "export const answer = 42;"


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""log(told("[anywidget] module must export a default function or object."))"""),
]
