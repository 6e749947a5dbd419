"""Both hooks may be async: `render` waits for `initialize`, and what they return is awaited."""

import anywidget

from conformance.steps import browser, python, remove, show

ROWS = "B1 B5"


class Widget(anywidget.AnyWidget):
    _esm = """
    const gate = (name) => new Promise((resolve) => { globalThis[name] = resolve; });
    export default {
      async initialize() {
        log("initialize begins");
        await gate("initialized");
        log("initialize ends");
      },
      async render() {
        log("render begins");
        await gate("rendered");
        log("render ends");
        return async () => log("cleanup");
      },
    };
    """


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    browser("initialized()"),
    browser("rendered()"),
    remove("a"),
]
