"""A scope ends in order: its signal, its cleanup, which is awaited, its listeners, and the DOM last."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "C5"
DIFFERS = "The reference empties the element first, and does not wait for the cleanup."


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      initialize({ model }) { globalThis.shared = model; },
      render({ model, el, signal }) {
        el.textContent = "shown";
        model.on("change:n", () => log("heard", model.get("n")));
        signal.addEventListener("abort", () => log("abort", el.isConnected, el.textContent));
        return async () => {
          log("cleanup begins", el.isConnected, el.textContent);
          shared.set("n", 1);
          await new Promise((resolve) => { globalThis.release = resolve; });
          log("cleanup ends", el.isConnected, el.textContent);
          shared.set("n", 2);
        };
      },
    };
    """


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    python("w._esm = 'export default {}'"),
    browser("release()"),
    browser("""shared.set("n", 3); log("after", slot("a").textContent)"""),
]
