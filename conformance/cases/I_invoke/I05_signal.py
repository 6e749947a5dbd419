"""With a signal only that ends an invocation: there is no time limit, and an abort rejects with its reason."""

import asyncio

import anywidget
from anywidget.experimental import command

from conformance.steps import browser, python, show

ROWS = "I5"


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      async render({ experimental }) {
        globalThis.controller = new AbortController();
        const { signal } = controller;
        experimental.invoke("mine", 1, { signal }).catch((reason) => log("rejected", reason));
      },
    };
    """

    @command
    async def mine(self, msg, buffers):
        await asyncio.sleep(60)
        return None, []


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("await new Promise((resolve) => setTimeout(resolve, 3300))"),
    browser("""controller.abort("my reason")"""),
]
