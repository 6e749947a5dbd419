"""An update with an equal value changes no reference."""

import anywidget
import traitlets

from conformance.steps import browser, python, show

ROWS = "E4"
DIFFERS = "In the reference the new object takes the place of the old, without an event."


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
    python("w.send_state(['items', 'data'])"),
    browser(SAME),
]
