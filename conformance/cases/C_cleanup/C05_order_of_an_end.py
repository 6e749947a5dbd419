"""A view ends in order: its signal while the DOM is there, its cleanup, which is awaited, its listeners, its DOM."""

import anywidget

from conformance.steps import browser, python, remove, show

ROWS = "C5"
DIFFERS = "The reference takes the DOM away before the cleanup, and does not wait for it."


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      initialize({ model }) { globalThis.shared = model; },
      render({ model, el, signal }) {
        el.textContent = "shown";
        const there = () => [el.isConnected, el.textContent];
        model.on("change:n", () => log("heard"));
        signal.addEventListener("abort", () => log("abort", there()));
        return async () => {
          log("cleanup begins", there());
          shared.set("n", 1);
          await new Promise((resolve) => { globalThis.release = resolve; });
          log("cleanup ends", el.textContent);
          shared.set("n", 2);
          globalThis.left = el;
        };
      },
    };
    """


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    remove("a"),
    browser("release()"),
    browser("""shared.set("n", 3); log("after", left.textContent, left.isConnected)"""),
]
