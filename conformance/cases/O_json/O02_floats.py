"""NaN and the infinities arrive as such, both ways, at any depth."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "O2 O6"
DIFFERS = "The reference makes texts of them on the way to the page, and null on the way back."


class Widget(anywidget.AnyWidget):
    value = traitlets.Any().tag(sync=True)
    _esm = """
    export default {
      render({ model }) {
        log(model.get("value"));
        model.on("change:value", () => log(model.get("value")));
        model.on("msg:custom", (content) => log("message", content));
        globalThis.model = model;
      },
    };
    """

    def __init__(self, value):
        super().__init__(value=value)
        self.on_msg(lambda _widget, content, _buffers: log("message", content))

    @traitlets.observe("value")
    def _changed(self, change):
        log(change["new"])


STEPS = [
    python("inf, nan = float('inf'), float('nan')\nw = Widget([nan, {'deep': inf}])"),
    show("w", "a"),
    python("w.value = [-inf, 0.5]\nw.send([nan, inf])"),
    browser("""model.set("value", { a: [NaN, -Infinity, 1] }); model.save_changes()"""),
    browser("""model.send([Infinity, NaN])"""),
]
