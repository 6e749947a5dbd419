"""`exports` is the very object that `initialize` returned, for everyone who asks; `undefined` when there is none."""

import anywidget

from conformance.steps import python, show

ROWS = "D5 D20"


class Child(anywidget.AnyWidget):
    _esm = """
    export default {
      initialize() {
        globalThis.made = { element: document.createElement("i"), call: () => 42 };
        return made;
      },
    };
    """


class Plain(anywidget.AnyWidget):
    _esm = "export default {};"


class Parent(anywidget.AnyWidget):
    child = anywidget.WidgetTrait().tag(sync=True)
    plain = anywidget.WidgetTrait().tag(sync=True)
    _esm = """
    export default {
      async render({ model, host }) {
        const first = await host.getWidget(model.get("child"));
        const second = await host.getWidget(model.get("child"));
        log(first.exports === made, second.exports === made, first.exports.call());
        log((await host.getWidget(model.get("plain"))).exports);
      },
    };
    """


STEPS = [python("p = Parent(child=Child(), plain=Plain())"), show("p", "a")]
