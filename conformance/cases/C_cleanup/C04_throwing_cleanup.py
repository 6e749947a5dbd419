"""A cleanup that throws or rejects is told in the console, and stops no other."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "C4 L2"


class Widget(anywidget.AnyWidget):
    _esm = """
    let view = 0;
    export default {
      initialize() { return () => log("cleanup of initialize"); },
      render() {
        const number = ++view;
        return async () => {
          log("cleanup", number);
          if (number === 1) throw new Error("first");
        };
      },
    };
    """


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    show("w", "b"),
    python("w.close()"),
    browser("""log("told", told("[anywidget] error cleaning up"), told("first"))"""),
]
