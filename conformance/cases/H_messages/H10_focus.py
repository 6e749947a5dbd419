"""`{do: "focus"}` and `{do: "blur"}` focus and blur the view's element."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "H10"


class Widget(anywidget.AnyWidget):
    _esm = """
    export default { render({ el }) { el.tabIndex = 0; globalThis.place = el; } };
    """


LOOK = "log(place.contains(document.activeElement))"

STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    python("w.send({'do': 'focus'})"),
    browser(LOOK),
    python("w.send({'do': 'blur'})"),
    browser(LOOK),
]
