"""`getModel` gives a whole model, which reads, writes and listens; its listeners end with the view."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, python, remove, show

ROWS = "D11"


class Child(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = "export default {};"


class Parent(anywidget.AnyWidget):
    child = anywidget.WidgetTrait().tag(sync=True)
    _esm = """
    export default {
      async render({ model, host }) {
        const child = await host.getModel(model.get("child"));
        const owed = ["set", "save_changes", "send", "on", "off"];
        log(child.get("n"), owed.every((name) => typeof child[name] === "function"));
        child.on("change:n", () => log("heard", child.get("n")));
        child.on("msg:custom", (content) => log("message", content));
        globalThis.child = child;
      },
    };
    """


STEPS = [
    python("c = Child()\np = Parent(child=c)"),
    show("p", "a"),
    python("c.n = 1\nc.send('hello')"),
    browser("""child.set("n", 2); child.save_changes()"""),
    python("log(c.n)"),
    remove("a"),
    python("c.n = 3\nc.send('again')"),
]
