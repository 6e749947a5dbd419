"""`signal.reason` is an error object, whatever ended the scope."""

import anywidget

from conformance.steps import python, remove, show

ROWS = "C8"
DIFFERS = "In the reference some reasons are plain strings."


class Widget(anywidget.AnyWidget):
    _esm = """
    const watch = (name, signal) => signal.addEventListener("abort", () => {
      log(name, signal.reason instanceof Error || signal.reason instanceof DOMException);
    });
    export default {
      initialize({ signal }) { watch("initialize", signal); },
      render({ signal }) { watch("render", signal); },
    };
    """


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    remove("a"),
    show("w", "b"),
    python("w._esm += '// other'"),
    python("w.close()"),
]
