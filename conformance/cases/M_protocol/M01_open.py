"""A comm opens with state, buffers and the version; a layout opens before its widget, and an object's has its keys."""

import anywidget.experimental
import comm
import traitlets

from conformance.inside import log
from conformance.steps import python, show

ROWS = "M1 M4 M5 P1 P2"


class Widget(anywidget.AnyWidget):
    data = traitlets.Bytes(b"\x01\x02").tag(sync=True)
    _esm = "export default { render({ model }) { log('render', model.get('data')); } };"


class Plain:
    _repr_mimebundle_ = anywidget.experimental.MimeBundleDescriptor(
        _esm="export default { render({ model }) { log('render', model.get('n'), model.get('_view_count')); } };",
        autodetect_observer=False,
    )

    def _get_anywidget_state(self, include):
        return {"n": 1}


STEPS = [
    python("w = Widget()"),
    python("""made = w.comm
log(type(made.comm_id), made.comm_id == w.model_id, bool(made.kernel))
log([callable(getattr(made, name)) for name in ("on_msg", "on_close", "send", "close", "open", "handle_msg")])
log(isinstance(comm.get_comm_manager().get_comm(w.model_id), type(made)))"""),
    show("w", "a"),
    python("p = Plain()\np._repr_mimebundle_()"),
    show("p", "b"),
]
