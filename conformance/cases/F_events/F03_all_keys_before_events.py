"""All keys of an update are applied before the first event; events come in order; then one `change`."""

import anywidget
import traitlets

from conformance.steps import python

ROWS = "F3 F4 F5"


class Widget(anywidget.AnyWidget):
    a = traitlets.Int(0).tag(sync=True)
    b = traitlets.Int(0).tag(sync=True)
    c = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      initialize({ model }) {
        for (const key of ["a", "b", "c"]) {
          model.on(`change:${key}`, () => log(key, ["a", "b", "c"].map((each) => model.get(each))));
        }
        model.on("change", () => log("change"));
      },
    };
    """

    def _should_send_property(self, key, value):
        return False  # only what the steps send, in their order


STEPS = [
    python("w = Widget()"),
    python("w.b, w.a = 2, 1"),
    python("w.send_state(['b', 'c', 'a'])"),
    python("w.send_state()"),
]
