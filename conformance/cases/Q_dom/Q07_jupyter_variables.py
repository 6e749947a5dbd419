"""Variables that widgets style themselves with, as in JupyterLab, have values."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "Q7"
DIFFERS = "The reference leaves them to the application around it."


class Widget(anywidget.AnyWidget):
    _esm = """export default { render({ el }) { globalThis.place = el; } };"""


NAMES = ["--jp-ui-font-color1", "--jp-layout-color1", "--jp-ui-font-size1", "--jp-border-color1", "--jp-brand-color1"]

STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser(f"""log({NAMES}.map((name) => getComputedStyle(place).getPropertyValue(name) !== ""))"""),
]
