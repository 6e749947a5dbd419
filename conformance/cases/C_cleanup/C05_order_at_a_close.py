"""When a model closes, a view ends in the same order: signal, cleanup, listeners, DOM."""

import anywidget
import traitlets

from conformance.steps import browser, python, show

ROWS = "C5"
DIFFERS = "The reference does not wait for the cleanup."


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      render({ el, signal }) {
        el.textContent = "shown";
        signal.addEventListener("abort", () => log("abort", el.isConnected, el.textContent));
        return async () => {
          log("cleanup begins", el.isConnected, el.textContent);
          await new Promise((resolve) => { globalThis.release = resolve; });
          log("cleanup ends", el.isConnected, el.textContent);
        };
      },
    };
    """


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    python("w.close()"),
    browser("release()"),
    browser("""log("after", slot("a").textContent)"""),
]
