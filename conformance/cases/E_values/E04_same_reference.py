"""`get` returns the same reference every time, until the value changes."""

import anywidget
import traitlets

from conformance.steps import browser, python, show

ROWS = "E4"


class Widget(anywidget.AnyWidget):
    items = traitlets.List([1, {"a": 1}]).tag(sync=True)
    data = traitlets.Bytes(b"123").tag(sync=True)
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      initialize({ model }) { globalThis.first = model; },
      render({ model }) { globalThis.second = model; },
    };
    """


SAME = """log(["items", "data"].map((key) => [first.get(key) === second.get(key), first.get(key) === kept[key]]))"""

STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("""globalThis.kept = { items: first.get("items"), data: first.get("data") }; """ + SAME),
    python("w.n = 1"),
    browser(SAME),
    python("w.items = [1, {'a': 1}, 3]"),
    browser(SAME),
]
