"""Of rapid changes the newest counts; the others leave nothing behind."""

import anywidget
import traitlets

from conformance.steps import browser, python, show

ROWS = "K3"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = "export default { render({ el }) { el.textContent = '0'; } };"


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    python("""for n in range(1, 9):
    w._esm = f'''export default {{
      render({{ el, model }}) {{ el.textContent = '{n}'; model.on("change:n", () => log({n}, "hears")); }},
    }};'''"""),
    browser("""log(slot("a").textContent)"""),
    python("w.n = 1"),
]
