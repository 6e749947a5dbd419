"""When a model closes, what waits for an answer is rejected at once, with an error that has a name."""

import asyncio

import anywidget
from anywidget.experimental import command

from conformance.steps import browser, python, show

ROWS = "I16"
DIFFERS = "The reference lets time run out."


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      async render({ experimental }) {
        const ask = (name) => experimental.invoke("mine", null, { signal: new AbortController().signal })
          .catch((error) => log(name, "rejected", error instanceof Error || error instanceof DOMException));
        globalThis.ask = ask;
        await ask("before");
      },
    };
    """

    @command
    async def mine(self, msg, buffers):
        await asyncio.sleep(60)
        return None, []


STEPS = [python("w = Widget()"), show("w", "a"), python("w.close()"), browser("""void ask("after")""")]
