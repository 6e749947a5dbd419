"""The signal of `render` aborts when the view is removed, the code is replaced, the model closes."""

import anywidget

from conformance.steps import python, remove, show

ROWS = "C2"


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      render({ el, signal }) {
        globalThis.count = (globalThis.count ?? 0) + 1;
        const name = `first ${count}`;
        log(name, signal.aborted);
        signal.addEventListener("abort", () => log(name, "aborts"));
      },
    };
    """


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    show("w", "b"),
    remove("a"),
    python("w._esm = w._esm.replace('first', 'second')"),
    python("w.close()"),
]
