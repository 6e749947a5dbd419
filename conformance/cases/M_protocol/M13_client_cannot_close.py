"""Nothing that a widget's front end is given closes the model, or opens another one."""

import anywidget

from conformance.steps import python, show

ROWS = "M13 M12"
DIFFERS = "In the reference `widget_manager.get_model` hands out a raw model, which can be closed for everyone."


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      async render({ model }) {
        const raw = await model.widget_manager.get_model(id("w"));
        log([model, raw].map((each) => typeof each.close), typeof model.widget_manager.new_widget);
      },
    };
    """


STEPS = [python("w = Widget()"), show("w", "a")]
