"""A reference without an id is refused as what it is."""

import anywidget

from conformance.steps import python, show, wait

ROWS = "D3"
DIFFERS = "The reference looks for a model without an id."


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      async render({ host }) {
        await host.getWidget("anywidget:").catch((error) => log("refused", error.message));
      },
    };
    """


STEPS = [python("w = Widget()"), show("w", "a"), wait("refused")]
