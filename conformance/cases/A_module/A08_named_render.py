"""A named `render` without a default works, with one deprecation warning that names the widget."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "A8"


class Named(anywidget.AnyWidget):
    _esm = """export function render({ el }) { el.textContent = "named"; log("render"); }"""


STEPS = [
    browser("""const warn = console.warn; globalThis.warnings = [];
console.warn = (...all) => { warnings.push(all.join(" ")); warn(...all); };"""),
    python("w = Named()"),
    show("w", "a"),
    show("w", "b"),
    browser("""const about = warnings.filter((text) => text.includes("[anywidget] Deprecation Warning"));
log(about.length, about[0]?.includes("A08_named_render.Named"), about[0]?.includes("395"));"""),
]
