"""When Python ends, the page says so, invocations reject at once, and nothing throws."""

import anywidget
import traitlets

from conformance.steps import browser, end, python, show

ROWS = "R5 I16 G19"
DIFFERS = "In the reference a kernel that is lost is the business of the application around it."


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      render({ model, experimental }) {
        globalThis.model = model;
        globalThis.ask = () => experimental.invoke("mine", 1, { signal: new AbortController().signal })
          .then(() => "answered", (error) => error instanceof Error || error instanceof DOMException);
      },
    };
    """


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    end(),
    browser("""await new Promise((resolve) => setTimeout(resolve, 1000));
const late = new Promise((resolve) => setTimeout(resolve, 2000, "late"));
log("invocation rejects", await Promise.race([ask(), late]));
model.set("n", 1); model.save_changes(); log("n", model.get("n"));
log("said", document.body.innerText !== slot("a").innerText)"""),
]
