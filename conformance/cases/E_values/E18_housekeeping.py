"""Housekeeping keys can be read: those of every widget, and those that AnyWidget inherits."""

import anywidget

from conformance.steps import python

ROWS = "E18 M4"


class Widget(anywidget.AnyWidget):
    _css = ".of-case {}"
    _esm = """
    const keys = ["_anywidget_id", "_model_module", "_model_name", "_view_module", "_view_name", "_view_count",
      "_dom_classes", "tabbable", "tooltip", "_css"];
    export default {
      initialize({ model }) {
        for (const key of keys) log(key, model.get(key));
        log("_esm", typeof model.get("_esm"), "layout", model.get("layout") !== undefined);
      },
    };
    """


STEPS = [python("w = Widget()")]
