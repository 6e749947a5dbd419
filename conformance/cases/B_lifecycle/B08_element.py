"""`el` is an empty `div` of this view's own, in the page's own document."""

import anywidget

from conformance.steps import python, show

ROWS = "B8 B10"


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      render({ el }) {
        log(el.tagName, el.childNodes.length, el instanceof HTMLElement, el.ownerDocument === document);
        el.textContent = "mine";
      },
    };
    """


STEPS = [python("w = Widget()"), show("w", "a"), show("w", "b")]
