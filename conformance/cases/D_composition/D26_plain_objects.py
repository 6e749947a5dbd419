"""Plain objects with a front end of their own are found in a plain parent's state."""

import anywidget.experimental

from conformance.steps import python, show

ROWS = "D2 D26 P16"


class Child:
    _repr_mimebundle_ = anywidget.experimental.MimeBundleDescriptor(
        _esm="export default { initialize: () => ({ answer: 42 }) };", autodetect_observer=False
    )

    def _get_anywidget_state(self, include):
        return {"name": "child"}


class Parent:
    _repr_mimebundle_ = anywidget.experimental.MimeBundleDescriptor(
        _esm="""
        export default {
          async render({ model, host }) {
            log("state", model.get("deep"));
            const child = await host.getWidget(model.get("deep").list[0]);
            log(child.exports);
          },
        };
        """,
        autodetect_observer=False,
    )

    def __init__(self, child):
        self.child = child

    def _get_anywidget_state(self, include):
        return {"deep": {"list": [self.child]}}


STEPS = [python("c = Child()\np = Parent(c)\np._repr_mimebundle_()"), show("p", "a")]
