"""`widget_manager.create_view` gives an element with a view of a model in it, and a way to remove it."""

import anywidget
import traitlets

from conformance.steps import browser, python, show

ROWS = "E15"


class Child(anywidget.AnyWidget):
    _esm = """
    export default {
      render({ el }) {
        el.textContent = "child";
        log("child renders");
        return () => log("child cleans up");
      },
    };
    """


class Widget(anywidget.AnyWidget):
    child = traitlets.Unicode("").tag(sync=True)
    _esm = """
    export default {
      async render({ model, el }) {
        const child = await model.widget_manager.get_model(model.get("child"));
        const view = await model.widget_manager.create_view(child);
        el.append(view.el);
        globalThis.view = view;
      },
    };
    """


STEPS = [
    python("c = Child()\nw = Widget(child=c.model_id)"),
    show("w", "a"),
    browser("""log(slot("a").textContent)"""),
    browser("view.remove()"),
    browser("""log("left", slot("a").textContent)"""),
]
