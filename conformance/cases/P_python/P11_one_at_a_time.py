"""A widget gets one message after the other, each when it has dealt with the one before."""

import time

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "P11"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = "export default { render({ model }) { globalThis.model = model; } };"

    def __init__(self):
        super().__init__()
        self.on_msg(lambda widget, content, buffers: self.work(content))

    @traitlets.observe("n")
    def changed(self, change):
        self.work(f"n = {change.new}")

    def work(self, what):
        log("begins", what)
        time.sleep(0.05)
        log("ends", what)


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""
      model.send("first");
      model.set("n", 1);
      model.save_changes();
      model.send("second");
      model.send("third");
    """),
]
