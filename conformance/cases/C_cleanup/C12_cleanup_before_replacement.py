"""New code renders when the old has cleaned up, also when that takes a while."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "C12"
DIFFERS = "The reference does not wait for a cleanup."


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      render() {
        log("render first");
        return async () => {
          log("cleanup of first begins");
          await new Promise((resolve) => { globalThis.release = resolve; });
          log("cleanup of first ends");
        };
      },
    };
    """


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    python("w._esm = w._esm.replace('first', 'second')"),
    browser("release()"),
]
