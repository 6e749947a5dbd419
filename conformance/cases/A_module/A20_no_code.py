"""A widget whose `_esm` never comes, or is empty, is an error that names the class."""

import anywidget
import traitlets

from conformance.steps import browser, python, show

ROWS = "A20"
DIFFERS = "The reference says nothing, or a bare TypeError in the console."


class Forgotten(anywidget.AnyWidget):
    _esm = traitlets.Unicode("export default {}")


class Empty(anywidget.AnyWidget):
    _esm = traitlets.Unicode("").tag(sync=True)


STEPS = [
    python("f, e = Forgotten(), Empty()"),
    show("f", "a"),
    show("e", "b"),
    browser("""const alert = (name) => slot(name).querySelector("[role=alert]");
for (let tries = 0; tries < 80 && !(alert("a") && alert("b")); tries++) await new Promise((r) => setTimeout(r, 50));
log("forgotten", alert("a")?.textContent.includes("Forgotten") ?? false);
log("empty", alert("b")?.textContent.includes("Empty") ?? false);"""),
]
