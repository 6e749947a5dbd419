"""Widgets anywhere in a parent's state become references, in lists, tuples and dicts, whatever the trait."""

import anywidget
import traitlets

from conformance.steps import python, show

ROWS = "D26"
DIFFERS = "The reference's kernel cannot send such a state."


class Child(anywidget.AnyWidget):
    _esm = "export default { initialize: () => ({ answer: 42 }) };"


class Parent(anywidget.AnyWidget):
    listed = traitlets.List().tag(sync=True)
    mapped = traitlets.Dict().tag(sync=True)
    anything = traitlets.Any().tag(sync=True)
    _esm = """
    export default {
      async render({ model, host }) {
        for (const key of ["listed", "mapped", "anything"]) log(key, model.get(key));
        log((await host.getWidget(model.get("listed")[0])).exports);
      },
    };
    """


STEPS = [
    python("c, d = Child(), Child()\np = Parent(listed=[c, 1], mapped={'deep': {'list': [d]}}, anything=(c, d))"),
    show("p", "a"),
]
