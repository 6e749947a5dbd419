"""A model has what the specification lists; Backbone's other methods are not there."""

import anywidget

from conformance.steps import python, show

ROWS = "E1"


class Widget(anywidget.AnyWidget):
    _esm = """
    const owed = ["get", "set", "save_changes", "send", "on", "off"];
    const tell = ({ model }) => {
      log(owed.every((name) => typeof model[name] === "function"), typeof model.widget_manager);
    };
    export default { initialize: tell, render: tell };
    """


STEPS = [python("w = Widget()"), show("w", "a")]
