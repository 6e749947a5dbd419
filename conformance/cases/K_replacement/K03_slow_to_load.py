"""Code that is replaced while it loads is not used when it has loaded, later than what replaced it."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "K3"

SLOW = """
await new Promise((resolve) => { globalThis.release = resolve; });
export default {
  initialize() { log("slow"); },
  render({ el }) { el.textContent = "slow"; },
};
"""
QUICK = """
export default {
  initialize() { log("quick"); },
  render({ el }) { el.textContent = "quick"; },
};
"""


class Widget(anywidget.AnyWidget):
    _esm = "export default { render({ el }) { el.textContent = 'first'; } };"


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    python("w._esm = SLOW"),
    python("w._esm = QUICK"),
    browser("release()"),
    browser("""log(slot("a").textContent)"""),
]
