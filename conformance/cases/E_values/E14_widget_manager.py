"""`widget_manager.get_model` finds a model by its bare id, and rejects one that is unknown."""

import anywidget
import traitlets

from conformance.steps import python, show, wait

ROWS = "E14 E17"


class Child(anywidget.AnyWidget):
    n = traitlets.Int(7).tag(sync=True)
    _esm = "export default {};"


class Widget(anywidget.AnyWidget):
    child = traitlets.Unicode("").tag(sync=True)
    _esm = """
    export default {
      async render({ model }) {
        log(model.get("child"));
        const child = await model.widget_manager.get_model(model.get("child").slice("IPY_MODEL_".length));
        log(child.get("n"));
        await model.widget_manager.get_model("nowhere").catch((error) => log("refused", error instanceof Error));
      },
    };
    """


STEPS = [
    python("c = Child()\nw = Widget(child=f'IPY_MODEL_{c.model_id}')"),
    show("w", "a"),
    wait("refused"),
]
