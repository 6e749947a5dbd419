"""Objects that tell of their changes are followed: by signals, by traits, or when they say so."""

import dataclasses

import anywidget.experimental
import psygnal
import traitlets

from conformance.steps import python, show

ROWS = "P16 P24 P2"

ESM = """
export default {
  render({ model }) { model.on("change:n", () => log(model.get("kind"), model.get("n"))); },
};
"""


@psygnal.evented
@dataclasses.dataclass
class Evented:
    kind: str = "evented"
    n: int = 0
    _repr_mimebundle_ = anywidget.experimental.MimeBundleDescriptor(_esm=ESM)


class Traits(traitlets.HasTraits):
    kind = traitlets.Unicode("traits").tag(sync=True)
    n = traitlets.Int(0).tag(sync=True)
    _repr_mimebundle_ = anywidget.experimental.MimeBundleDescriptor(_esm=ESM)


@dataclasses.dataclass
class Telling:
    kind: str = "telling"
    n: int = 0
    _repr_mimebundle_ = anywidget.experimental.MimeBundleDescriptor(_esm=ESM, autodetect_observer=False)


STEPS = [
    python("e, t, s = Evented(), Traits(), Telling()"),
    *(show(name, name) for name in "ets"),
    python("e.n = 1"),
    python("t.n = 2"),
    python("s.n = 3"),
    python("s._repr_mimebundle_.send_state({'n'})"),
]
