"""An id that never comes is refused in the end, by name."""

import anywidget

from conformance.steps import python, show, wait

ROWS = "D13"
DIFFERS = "The reference gives up after 2 s, and does not say which model."


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      async render({ host }) {
        const begun = performance.now();
        await host.getModel("anywidget:nowhere").catch((error) => {
          const seconds = (performance.now() - begun) / 1000;
          const says = (text) => error.message.includes(text);
          log("refused", says("widget model not found"), says("nowhere"), seconds > 8);
        });
      },
    };
    """


STEPS = [python("w = Widget()"), show("w", "a"), wait("refused")]
