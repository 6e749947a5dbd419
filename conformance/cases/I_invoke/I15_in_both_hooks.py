"""`invoke` is there in both hooks, and asks the Python object of the model at hand, a composed child's too."""

import anywidget
import traitlets
from anywidget.experimental import command

from conformance.steps import python, show

ROWS = "I15"


class Named(anywidget.AnyWidget):
    name = traitlets.Unicode("").tag(sync=True)

    @command
    def who(self, msg, buffers):
        return f"{self.name} for {msg}", []


class Child(Named):
    _esm = """
    export default {
      initialize({ experimental }) { experimental.invoke("who", "initialize").then(([said]) => log(said)); },
      async render({ experimental }) { log((await experimental.invoke("who", "render"))[0]); },
    };
    """


class Parent(Named):
    child = anywidget.WidgetTrait().tag(sync=True)
    _esm = """
    export default {
      async render({ model, el, host, experimental }) {
        const child = await host.getWidget(model.get("child"));
        await child.render({ el: el.appendChild(document.createElement("div")) });
        log((await experimental.invoke("who", "render"))[0]);
      },
    };
    """


STEPS = [python("c = Child(name='child')"), python("p = Parent(name='parent', child=c)"), show("p", "a")]
