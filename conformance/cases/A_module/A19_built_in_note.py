"""A class without `_esm` shows anywidget's own note, which names the class."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "A19 E18"


class Bare(anywidget.AnyWidget):
    pass


STEPS = [
    python("w = Bare()"),
    show("w", "a"),
    browser("""log(slot("a").textContent.includes("A19_built_in_note.Bare"))"""),
]
