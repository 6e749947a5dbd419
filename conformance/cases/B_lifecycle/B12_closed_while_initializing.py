"""Closed while `initialize` is pending: it resumes aborted, its cleanup runs once, nothing is rendered."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "B12"


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      async initialize({ signal }) {
        log("initialize begins", signal.aborted);
        await new Promise((resolve) => { globalThis.release = resolve; });
        log("initialize resumes", signal.aborted);
        return () => log("cleanup");
      },
      render() { log("render"); },
    };
    """


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    python("w.close()"),
    browser("release()"),
    browser("await new Promise((resolve) => setTimeout(resolve, 50))"),
]
