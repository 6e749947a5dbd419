"""Offline `set` works, saves are merged and sent later; of what Python has changed since, its value wins."""

import asyncio

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, offline, online, python, show

ROWS = "R4 G7 G19"
DIFFERS = "In the reference a connection that is lost is the business of the application around it."


class Widget(anywidget.AnyWidget):
    a = traitlets.Int(0).tag(sync=True)
    b = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      render({ model }) {
        for (const key of ["a", "b"]) model.on(`change:${key}`, () => log(key, model.get(key)));
        globalThis.model = model;
      },
    };
    """

    def set_state(self, sync_data):
        log("received", sync_data)
        super().set_state(sync_data)


def meanwhile():
    w.b = 10


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    python("_ = asyncio.get_running_loop().call_later(1.5, meanwhile)"),
    offline(),
    browser("""model.set("a", 1); model.save_changes(); model.set("a", 2); model.save_changes();
model.set("b", 1);
await new Promise((resolve) => setTimeout(resolve, 2500))"""),
    online(),
    browser("""log(model.get("a"), model.get("b"))"""),
    python("log(w.a, w.b)"),
]
