"""Listeners that are added while an event fires wait for the next; removed ones still run for this."""

import anywidget
import traitlets

from conformance.steps import python, show

ROWS = "F10"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      render({ model }) {
        const second = () => log("second");
        const added = () => log("added");
        model.on("change:n", () => {
          log("first");
          model.off("change:n", second);
          model.on("change:n", added);
        });
        model.on("change:n", second);
        model.set("n", 1);
        log("again");
        model.set("n", 2);
      },
    };
    """


STEPS = [python("w = Widget()"), show("w", "a")]
