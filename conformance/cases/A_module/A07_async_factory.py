"""An async factory is awaited before `initialize`."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "A7"


class Widget(anywidget.AnyWidget):
    _esm = """
    export default async () => {
      log("factory");
      await new Promise((resolve) => { globalThis.release = resolve; });
      log("made");
      return { initialize() { log("initialize"); }, render() { log("render"); } };
    };
    """


STEPS = [python("w = Widget()"), show("w", "a"), browser("release()")]
