"""`getModel` reaches models that are no anywidgets; `getWidget` says that they have no front end."""

import anywidget
import traitlets

from conformance.steps import python, show

ROWS = "D12"


class Widget(anywidget.AnyWidget):
    reference = traitlets.Unicode("").tag(sync=True)
    _esm = """
    export default {
      async render({ model, host }) {
        const layout = await host.getModel(model.get("reference"));
        log(layout.get("width"), layout.get("_model_name"));
        await host.getWidget(model.get("reference")).catch((error) => log(error.message));
      },
    };
    """


STEPS = [
    python("w = Widget(layout={'width': '50%'})\nlayout = w.layout\nw.reference = f'anywidget:{w.layout.model_id}'"),
    show("w", "a"),
]
