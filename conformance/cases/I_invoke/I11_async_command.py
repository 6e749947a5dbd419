"""An `async def` command is awaited, and others are answered meanwhile."""

import asyncio

import anywidget
from anywidget.experimental import command

from conformance.steps import python, show, wait

ROWS = "I11"
DIFFERS = "The reference never answers it."


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      async render({ experimental }) {
        const say = (name) => ([response]) => log(name, response);
        await Promise.all([
          experimental.invoke("slow", 1).then(say("slow")),
          experimental.invoke("quick", 2).then(say("quick")),
        ]).catch((error) => log(error.name));
        log("over");
      },
    };
    """

    @command
    async def slow(self, msg, buffers):
        await asyncio.sleep(0.2)
        return msg * 10, buffers

    @command
    def quick(self, msg, buffers):
        return msg * 10, buffers


STEPS = [python("w = Widget()"), show("w", "a"), wait("over")]
