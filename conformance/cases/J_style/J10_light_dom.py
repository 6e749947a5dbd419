"""Views are in the light DOM: ids are found, and the page's style applies."""

import anywidget

from conformance.steps import python, show

ROWS = "J10"


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      async render({ el }) {
        el.innerHTML = "<p id='mine'>text</p>";
        await new Promise((resolve) => setTimeout(resolve));
        log(document.getElementById("mine") === el.firstChild, el.getRootNode() === document);
      },
    };
    """


STEPS = [python("w = Widget()"), show("w", "a")]
