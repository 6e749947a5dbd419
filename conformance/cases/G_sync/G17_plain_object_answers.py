"""A plain object's answer to a write does not bounce, and overwrites nothing that came after."""

import anywidget.experimental
from psygnal import Signal, SignalGroup

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "G17 P16"
DIFFERS = "In the reference an answer to an earlier write overwrites a later one for a moment."


class Events(SignalGroup):
    n = Signal(int)


class Plain:
    events = Events()
    _repr_mimebundle_ = anywidget.experimental.MimeBundleDescriptor(
        _esm="""
        export default {
          render({ model }) {
            model.on("change:n", () => log("n", model.get("n")));
            globalThis.model = model;
          },
        };
        """
    )

    def __init__(self):
        self._n = 0

    @property
    def n(self):
        return self._n

    @n.setter
    def n(self, value):
        self._n = value
        self.events.n.emit(value)

    def _get_anywidget_state(self, include):
        return {"n": self._n}


STEPS = [
    python("w = Plain()\nw._repr_mimebundle_()"),
    show("w", "a"),
    browser("""for (let n = 1; n <= 5; n++) { model.set("n", n); model.save_changes(); }"""),
    browser("""log(model.get("n"))"""),
    python("log(w.n)"),
    python("w.n = 10"),
]
