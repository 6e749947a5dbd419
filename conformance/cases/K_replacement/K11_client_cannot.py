"""A client can replace neither code nor style."""

import anywidget

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "K11 P19 P20"
DIFFERS = "The reference takes it, runs it, and tells every other client."


class Widget(anywidget.AnyWidget):
    _css = ".of-case { color: rgb(1, 2, 3); }"
    _esm = """
    export default {
      render({ model, el }) {
        log("render");
        el.className = "of-case";
        globalThis.model = model;
      },
    };
    """


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""model.set("_esm", "export default { render() { log('foreign') } }"); model.set("_css", "");
model.set("_anywidget_id", "other"); model.set("_view_name", null); model.save_changes();"""),
    python("log('foreign' in w._esm, w._css, w._anywidget_id, w._view_name)"),
    browser("""log(getComputedStyle(document.querySelector(".of-case") ?? document.body).color === "rgb(1, 2, 3)")"""),
]
