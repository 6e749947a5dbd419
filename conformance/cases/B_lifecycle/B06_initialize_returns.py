"""What `initialize` returns: a function cleans up, an object is exports, anything else is neither."""

import anywidget
import traitlets

from conformance.steps import python, show

ROWS = "B6 D5 D20"


class Child(anywidget.AnyWidget):
    kind = traitlets.Unicode("").tag(sync=True)
    _esm = """
    class Thing {}
    const kinds = {
      function: () => () => log("cleanup of function"),
      promised: async () => () => log("cleanup of promised"),
      object: () => ({ answer: 42 }),
      array: () => [1, 2],
      map: () => new Map([["a", 1]]),
      instance: () => new Thing(),
      later: async () => ({ later: true }),
      number: () => 42,
      text: () => "text",
      null: () => null,
      nothing: () => {},
    };
    export default {
      initialize({ model }) { return kinds[model.get("kind")](); },
    };
    """


class Parent(anywidget.AnyWidget):
    kinds = traitlets.List().tag(sync=True)
    references = traitlets.List().tag(sync=True)
    _esm = """
    export default {
      async render({ model, host }) {
        for (const [index, reference] of model.get("references").entries()) {
          const { exports } = await host.getWidget(reference);
          log(model.get("kinds")[index], exports);
        }
      },
    };
    """


KINDS = ["function", "promised", "object", "array", "map", "instance", "later", "number", "text", "null", "nothing"]

STEPS = [
    python("""children = [Child(kind=kind) for kind in KINDS]
p = Parent(kinds=KINDS, references=[f"anywidget:{child.model_id}" for child in children])"""),
    show("p", "a"),
    python("for child in children: child.close()"),
]
