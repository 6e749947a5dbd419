"""A failure in loading, `initialize` or `render` is shown in the view, told in the console, and stays its own."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "L1"
DIFFERS = "The reference tells only the console, and shows nothing."


class Loads(anywidget.AnyWidget):
    _esm = """throw new Error("in the module"); export default {};"""


class Initializes(anywidget.AnyWidget):
    _esm = """export default { initialize() { throw new Error("in initialize"); }, render() { log("never"); } };"""


class Renders(anywidget.AnyWidget):
    _esm = """export default { async render({ el }) { el.append("half"); throw new Error("in render"); } };"""


class Fine(anywidget.AnyWidget):
    _esm = """export default { render() { log("fine"); } };"""


STEPS = [
    python("l, i, r, f = Loads(), Initializes(), Renders(), Fine()"),
    *(show(name, name) for name in "lirf"),
    browser("""for (const [name, text] of [["l", "in the module"], ["i", "in initialize"], ["r", "in render"]]) {
  log(text, slot(name).textContent.includes(text), told(text));
}
log("fine", slot("f").querySelector("[role=alert]"));"""),
]
