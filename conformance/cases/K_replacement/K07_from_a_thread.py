"""A thread can replace the code, as file watchers do."""

import threading

import anywidget

from conformance.steps import python, show

ROWS = "K7 P10"


class Widget(anywidget.AnyWidget):
    _esm = """export default { render() { log("first"); } };"""

    def replace(self):
        self._esm = self._esm.replace("first", "second")


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    python("thread = threading.Thread(target=w.replace)\nthread.start()\nthread.join()"),
]
