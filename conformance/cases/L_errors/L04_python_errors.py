"""What a handler or an observer raises in Python is shown or told to whoever looks at the page."""

import anywidget
import traitlets

from conformance.steps import browser, python, show

ROWS = "L4"
DIFFERS = "The reference's page hears nothing of it."


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = "export default { render({ model }) { globalThis.model = model; } };"

    def __init__(self):
        super().__init__()
        self.on_msg(self._heard)

    def _heard(self, *_):
        raise ValueError("the handler's own")

    @traitlets.observe("n")
    def _changed(self, change):
        raise LookupError("the observer's own")


def seen(text: str) -> str:
    return f"""const seen = () => document.body.innerText.includes({text}) || told({text});
for (let tries = 0; tries < 40 && !seen(); tries++) await new Promise((resolve) => setTimeout(resolve, 50));
log({text}, seen())"""


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("model.send(1)"),
    browser(seen('"the handler\'s own"')),
    browser("""model.set("n", 1); model.save_changes()"""),
    browser(seen('"the observer\'s own"')),
]
