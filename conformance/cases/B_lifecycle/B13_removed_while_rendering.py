"""Removed while an async `render` is pending: it resumes aborted, cleans up once, and hears no more."""

import anywidget
import traitlets

from conformance.steps import browser, python, remove, show

ROWS = "B13"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      async render({ model, signal }) {
        log("render begins", signal.aborted);
        model.on("change:n", () => log("heard early"));
        await new Promise((resolve) => { globalThis.release = resolve; });
        log("render resumes", signal.aborted);
        model.on("change:n", () => log("heard late"));
        return () => log("cleanup");
      },
    };
    """


STEPS = [python("w = Widget()"), show("w", "a"), remove("a"), browser("release()"), python("w.n = 1")]
