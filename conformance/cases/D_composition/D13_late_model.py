"""An unknown id is waited for, and found when its model opens."""

import anywidget
import traitlets

from conformance.steps import python, show

ROWS = "D13 M15"


class Child(anywidget.AnyWidget):
    _esm = "export default {};"


class Widget(anywidget.AnyWidget):
    reference = traitlets.Unicode("").tag(sync=True)
    _esm = """
    export default {
      async render({ model, host }) {
        log("asked");
        const child = await host.getModel(model.get("reference"));
        log("found", child.get("_anywidget_id"));
      },
    };
    """


STEPS = [
    python("w = Widget(reference='anywidget:an id/of its own?')"),
    show("w", "a"),
    python("c = Child(model_id='an id/of its own?')"),
]
