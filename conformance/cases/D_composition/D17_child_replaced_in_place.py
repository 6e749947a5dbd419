"""A child with new code is rendered anew, in the element that the parent gave it."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "D17"
DIFFERS = "The reference leaves the child's old DOM."


class Child(anywidget.AnyWidget):
    _esm = """
    export default {
      render({ el }) {
        el.classList.add("first");
        el.append("first");
        return () => log("cleanup of first");
      },
    };
    """


class Parent(anywidget.AnyWidget):
    child = anywidget.WidgetTrait().tag(sync=True)
    _esm = """
    export default {
      async render({ model, el, host }) {
        log("parent");
        const child = await host.getWidget(model.get("child"));
        const place = el.appendChild(document.createElement("p"));
        place.className = "lent";
        globalThis.place = place;
        await child.render({ el: place });
      },
    };
    """


LOOK = "log(place.isConnected, place.textContent, place.className)"

STEPS = [
    python("c = Child()\np = Parent(child=c)"),
    show("p", "a"),
    browser(LOOK),
    python("c._esm = c._esm.replace('first', 'second')"),
    browser(LOOK),
]
