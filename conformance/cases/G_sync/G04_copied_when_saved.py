"""What is sent is what it was when it was saved, however long it waits; a later change in place alters nothing."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "G4"


class Widget(anywidget.AnyWidget):
    first = traitlets.List().tag(sync=True)
    second = traitlets.Dict().tag(sync=True)
    data = traitlets.Any(b"").tag(sync=True)
    n = traitlets.Int(0).tag(sync=True)
    _esm = "export default { render({ model }) { globalThis.model = model; } };"


CHANGE_IN_PLACE = """
const list = [1]; const deep = { a: [1] }; const bytes = new Uint8Array([1, 2]);
model.set("first", list); model.save_changes(); list.push("late");
model.set("second", deep); model.save_changes(); deep.a.push("late");
model.set("data", bytes); model.save_changes(); bytes[0] = 9;
"""

STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser(CHANGE_IN_PLACE),
    python("log(w.first, w.second, bytes(w.data))"),
    python("w = Widget()"),
    show("w", "b"),
    browser("for (let n = 1; n <= 20; n++) { model.set('n', n); model.save_changes(); }" + CHANGE_IN_PLACE),
    python("log(w.n, w.first, w.second, bytes(w.data))"),
]
