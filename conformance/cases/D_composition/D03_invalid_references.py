"""Anything but `anywidget:<model id>` is refused, with its JSON."""

import anywidget

from conformance.steps import python, show

ROWS = "D3"


class Widget(anywidget.AnyWidget):
    _esm = """
    const wrong = ["IPY_MODEL_abc", "abc", null, 42, { id: "abc" }, undefined];
    export default {
      async render({ host }) {
        for (const reference of wrong) {
          await host.getWidget(reference).catch((error) => log("getWidget", error.message));
          await host.getModel(reference).catch((error) => log("getModel", error.message));
        }
      },
    };
    """


STEPS = [python("w = Widget()"), show("w", "a")]
