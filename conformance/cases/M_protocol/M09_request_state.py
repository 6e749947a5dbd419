"""`request_state` is answered with the whole state, by widgets and by plain objects."""

import anywidget.experimental
import traitlets

from conformance.inside import log
from conformance.steps import python

ROWS = "M9"


class Widget(anywidget.AnyWidget):
    n = traitlets.Int(0).tag(sync=True)
    _esm = "export default {};"


class Plain:
    _repr_mimebundle_ = anywidget.experimental.MimeBundleDescriptor(
        _esm="export default {};", autodetect_observer=False
    )

    def _get_anywidget_state(self, include):
        log("state asked for")
        return {"n": 1}


def ask(comm):
    """As a front end does that has just come."""
    comm.handle_msg({"content": {"comm_id": comm.comm_id, "data": {"method": "request_state"}}, "buffers": []})


STEPS = [
    python("""w = Widget()
w.send_state = lambda *_: log("state sent")
ask(w.comm)"""),
    python("p = Plain()\nask(p._repr_mimebundle_._comm)"),
]
