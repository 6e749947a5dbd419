"""A child's style applies where the child is, in a shadow root of its parent's too."""

import anywidget

from conformance.steps import python, show

ROWS = "D24 J9"
DIFFERS = "The reference puts all style into the document's head."


class Child(anywidget.AnyWidget):
    _css = ".of-case { color: rgb(1, 2, 3); }"
    _esm = """
    export default {
      render({ el }) {
        el.className = "of-case";
        log("child", getComputedStyle(el).color);
      },
    };
    """


class Parent(anywidget.AnyWidget):
    child = anywidget.WidgetTrait().tag(sync=True)
    _esm = """
    export default {
      async render({ model, el, host }) {
        const root = el.attachShadow({ mode: "open" });
        const child = await host.getWidget(model.get("child"));
        await child.render({ el: root.appendChild(document.createElement("div")) });
      },
    };
    """


STEPS = [python("p = Parent(child=Child())"), show("p", "a")]
