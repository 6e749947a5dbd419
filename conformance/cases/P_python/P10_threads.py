"""Any thread may make, change and close widgets, and send; so may a finaliser."""

import gc
import threading

import anywidget
import traitlets

from conformance.steps import python

ROWS = "P10 P12"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      initialize({ model }) {
        model.on("change:n", () => log("n", model.get("n")));
        model.on("msg:custom", (content) => log("message", content));
      },
    };
    """


class Finalised:
    def __init__(self, widget):
        self.widget = widget
        self.circle = self

    def __del__(self):
        self.widget.send("from a finaliser")


made = []


def in_thread(function, *arguments):
    thread = threading.Thread(target=function, args=arguments)
    thread.start()
    thread.join()


STEPS = [
    python("in_thread(lambda: made.append(Widget()))\nw = made[0]"),
    python("in_thread(lambda: setattr(w, 'n', 1))\nin_thread(w.send, 'from a thread')"),
    python("Finalised(w)\ngc.collect()"),
    python(
        "threads = [threading.Thread(target=w.send, args=['one of many']) for _ in range(5)]\n"
        "for thread in threads: thread.start()\nfor thread in threads: thread.join()"
    ),
    python("in_thread(w.close)\nv = Widget()"),
    python("v.n = 2"),
]
