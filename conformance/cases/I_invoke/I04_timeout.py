"""Without a signal an invocation that nobody answers is given up after 3 s, with a TimeoutError."""

import asyncio

import anywidget
from anywidget.experimental import command

from conformance.steps import python, show, wait

ROWS = "I4"


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      async render({ experimental }) {
        const begun = performance.now();
        await experimental.invoke("mine").catch((error) => {
          const seconds = (performance.now() - begun) / 1000;
          log("given up", error instanceof DOMException, error.name, seconds > 2.8 && seconds < 6);
        });
      },
    };
    """

    @command
    async def mine(self, msg, buffers):
        await asyncio.sleep(60)
        return None, []


STEPS = [python("w = Widget()"), show("w", "a"), wait("given up")]
