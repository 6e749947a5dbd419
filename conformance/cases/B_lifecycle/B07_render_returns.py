"""What `render` returns: a function cleans up, anything else is ignored without a word."""

import anywidget
import traitlets

from conformance.steps import browser, python, remove, show

ROWS = "B7"
DIFFERS = "The reference calls whatever is returned, and warns when it is no function."


class Widget(anywidget.AnyWidget):
    kind = traitlets.Unicode("").tag(sync=True)
    _esm = """
    const kinds = {
      function: () => log("cleanup"),
      promised: Promise.resolve(() => log("cleanup of promised")),
      object: { answer: 42 },
      number: 42,
    };
    export default { render({ model }) { return kinds[model.get("kind")]; } };
    """


STEPS = [
    python("""f, p, o, n = (Widget(kind=kind) for kind in ("function", "promised", "object", "number"))"""),
    *(show(name, name) for name in "fpon"),
    *(remove(name) for name in "fpon"),
    browser("""log("warned", told("[anywidget] error cleaning up"))"""),
]
