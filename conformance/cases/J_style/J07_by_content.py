"""Two widgets of one class with style of their own have both; style goes with its last view."""

import anywidget
import traitlets

from conformance.steps import browser, python, remove, show

ROWS = "J7"
DIFFERS = "In the reference the second style replaces the first, and none ever goes."


class Widget(anywidget.AnyWidget):
    name = traitlets.Unicode("").tag(sync=True)
    _css = traitlets.Unicode("").tag(sync=True)
    _esm = "export default { render() {} };"

    def __init__(self, name):
        super().__init__(name=name, _css=f".of-{name} {{ color: rgb(1, 2, 3); }}")


LOOK = """log(["v", "w"].map((name) => {
  const el = document.body.appendChild(document.createElement("i"));
  el.className = `of-${name}`;
  const found = getComputedStyle(el).color === "rgb(1, 2, 3)";
  el.remove();
  return found;
}))"""

STEPS = [
    python("v, w = Widget('v'), Widget('w')"),
    show("v", "a"),
    show("v", "b"),
    show("w", "c"),
    browser(LOOK),
    remove("a"),
    browser(LOOK),
    remove("b"),
    browser(LOOK),
    remove("c"),
    browser(LOOK),
]
