"""A page that comes back initializes and renders nothing again; what it missed arrives as changes, in order."""

import asyncio

import anywidget
import traitlets

from conformance.steps import browser, offline, online, python, show

ROWS = "R2"
DIFFERS = "In the reference a connection that is lost is the business of the application around it."


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      initialize({ model }) {
        log("initialize");
        model.on("change:n", () => log("n", model.get("n")));
        model.on("msg:custom", (content) => log("message", content));
      },
      render() { log("render"); },
    };
    """


def meanwhile():
    w.n = 1
    w.send("one")
    w.n = 2


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    python("_ = asyncio.get_running_loop().call_later(1.5, meanwhile)"),
    offline(),
    browser("await new Promise((resolve) => setTimeout(resolve, 2500))"),
    online(),
]
