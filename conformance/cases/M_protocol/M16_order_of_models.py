"""Order holds across models: a child opens before the message that names it; changes come as they were made."""

import anywidget
import traitlets

from conformance.steps import python, show

ROWS = "M16"


class Child(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      initialize({ model }) {
        log("child", model.get("n"));
        model.on("change:n", () => log("child n", model.get("n")));
      },
    };
    """


class Parent(anywidget.AnyWidget):
    child = anywidget.WidgetTrait().tag(sync=True)
    _esm = """
    export default {
      initialize({ model }) { model.on("change:child", () => log("parent", model.get("child") !== null)); },
    };
    """


STEPS = [
    python("p = Parent()"),
    python("a, b = Child(n=1), Child(n=2)\np.child = b"),
    python("b.n = 20\np.child = None\na.n = 10"),
    python("a.n = 11\np.child = a\nb.n = 21"),
]
