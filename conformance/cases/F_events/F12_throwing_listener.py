"""A listener that throws is told in the console, and stops no other; nor does it stop `set`."""

import anywidget
import traitlets

from conformance.steps import browser, python, show

ROWS = "F12"
DIFFERS = "In the reference the listeners behind it are skipped, and a local `set` throws."


class Widget(anywidget.AnyWidget):
    a = traitlets.Int(0).tag(sync=True)
    b = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      render({ model }) {
        model.on("change:a", () => { throw new Error("my listener"); });
        model.on("change:a", () => log("a"));
        model.on("change:b", () => log("b"));
        model.on("change", () => log("change"));
        globalThis.model = model;
      },
    };
    """


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    python("w.comm.send(data={'method': 'update', 'state': {'a': 1, 'b': 1}})"),
    browser("""try { model.set("a", 2); log("set returns") } catch { log("set throws") }"""),
    browser("""log("told", told("my listener"))"""),
]
