"""Widgets change, open and close while the page is away; the next page sees what is left of it."""

import asyncio

import anywidget
import traitlets

from conformance.steps import python, reload

ROWS = "P4 R1"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    data = traitlets.Bytes(b"").tag(sync=True)
    _esm = """
    export default {
      initialize({ model }) { if (model.get("n") === 7) log("initialize", model.get("data")); },
    };
    """


made = []


def work():
    """What a notebook goes on doing while its tab loads again."""
    for _ in range(5):
        made.append(Widget())
        made[-1].send("to no one")
        made.pop().close()
    made.append(Widget())
    made[0].n, made[0].data = 7, b"seven"


STEPS = [
    python("asyncio.get_running_loop().call_later(0.1, work)"),
    reload(away=1.0),
    python("await asyncio.sleep(0.2)"),
    reload(),
]
