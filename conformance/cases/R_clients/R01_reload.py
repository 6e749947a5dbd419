"""After F5 the page has every live model as it is, binary values too, and hears what comes after."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, python, reload, show

ROWS = "R1"


class Widget(anywidget.AnyWidget):
    name = traitlets.Unicode("").tag(sync=True)
    n = traitlets.Int(0).tag(sync=True)
    data = traitlets.Any().tag(sync=True)
    _esm = """
    export default {
      initialize({ model }) {
        log("initialize", model.get("name"), model.get("n"), model.get("data"));
        model.on("change:n", () => log("n", model.get("n")));
        (globalThis.models ??= {})[model.get("name")] = model;
      },
      render({ model }) { log("render", model.get("n")); },
    };
    """


STEPS = [
    python("w = Widget(name='w', data=[b'1', {'a': b'2'}])\ngone = Widget()"),
    show("w", "a"),
    python("w.n = 1\ngone.close()"),
    browser("""models.w.set("n", 2)"""),
    reload(),
    show("w", "a"),
    python("w.n = 3"),
    browser("""models.w.set("n", 4); models.w.save_changes()"""),
    python("log(w.n)"),
]
