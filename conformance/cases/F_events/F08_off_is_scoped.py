"""Every form of `off` sees only what the same `initialize` or `render` call registered."""

import anywidget
import traitlets

from conformance.steps import browser, python, show

ROWS = "F8"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    let views = 0;
    const shared = () => log("shared");
    export default {
      initialize({ model }) {
        model.on("change:n", () => log("initialize"));
        model.on("change:n", shared);
      },
      render({ model }) {
        const view = ++views;
        const own = () => log("view", view);
        (globalThis.scopes ??= []).push({ model, own, shared });
        model.on("change:n", own);
        model.on("change:n", shared);
        model.on("change", () => log("view", view, "change"));
      },
    };
    """


def after(code: str) -> list:
    return [browser(code), python("w.n += 1")]


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    show("w", "b"),
    python("w.n += 1"),
    *after("""scopes[0].model.off("change:n", scopes[0].own)"""),
    *after("""scopes[0].model.off("change:n", scopes[1].own)"""),
    *after("""scopes[0].model.off(null, scopes[0].shared)"""),
    *after("""scopes[0].model.off("change:n")"""),
    *after("""scopes[0].model.off()"""),
    *after("""scopes[1].model.off("change:n"); scopes[1].model.off("change")"""),
]
