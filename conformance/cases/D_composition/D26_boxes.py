"""Boxes show their children, laid out; a child that is added or removed comes and goes."""

import anywidget
import ipywidgets
import traitlets

from conformance.steps import browser, python, show

ROWS = "D26 L5"
DIFFERS = "The reference shows a child that has moved within its box anew."


class Child(anywidget.AnyWidget):
    name = traitlets.Unicode("").tag(sync=True)
    _esm = """
    export default {
      render({ model, el }) {
        const name = model.get("name");
        el.textContent = name;
        el.style.height = "10px";
        (globalThis.places ??= {})[name] = el;
        return () => log(name, "ends");
      },
    };
    """


LOOK = """const at = (name) => places[name].getBoundingClientRect();
const [one, two] = [at("one"), at("two")];
log(slot("a").innerText.split(/\\s+/), "row", one.top === two.top, "first", one.left < two.left)"""

STEPS = [
    python("one, two, three = (Child(name=name) for name in ('one', 'two', 'three'))\nb = ipywidgets.HBox([one, two])"),
    show("b", "a"),
    browser(LOOK),
    python("b.children = [two, three]"),
    browser("""log(slot("a").innerText.split(/\\s+/))"""),
    python("v = ipywidgets.VBox([ipywidgets.HBox([one]), three])"),
    show("v", "c"),
    browser("""const at = (name) => places[name].getBoundingClientRect();
log(slot("c").innerText.split(/\\s+/), "column", at("one").bottom <= at("three").top)"""),
]
