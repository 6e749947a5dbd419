"""Every kind of object that has a front end is shown, hears the page, and is heard where it tells of changes."""

import dataclasses
from typing import ClassVar

import anywidget.experimental
import msgspec
import psygnal
import traitlets

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "P16 M5"

ESM = """
export default {
  render({ model, el }) {
    log("render", model.get("n"));
    model.on("change:n", () => log("n", model.get("n")));
    (globalThis.models ??= {})[model.get("kind")] = model;
  },
};
"""


def descriptor(**options):
    return anywidget.experimental.MimeBundleDescriptor(_esm=ESM, **options)


@dataclasses.dataclass
class Plain:
    kind: str = "plain"
    n: int = 0
    _repr_mimebundle_ = descriptor(autodetect_observer=False)


@psygnal.evented
@dataclasses.dataclass
class Evented:
    kind: str = "evented"
    n: int = 0
    _repr_mimebundle_ = descriptor()


@anywidget.experimental.dataclass(esm=ESM)
class Decorated:
    kind: str = "decorated"
    n: int = 0


class Traits(traitlets.HasTraits):
    kind = traitlets.Unicode("traits").tag(sync=True)
    n = traitlets.Int(0).tag(sync=True)
    _repr_mimebundle_ = descriptor()


class Pydantic(psygnal.EventedModel):
    kind: str = "pydantic"
    n: int = 0
    _repr_mimebundle_: ClassVar = descriptor()


class Struct(msgspec.Struct, weakref=True):
    kind: str = "struct"
    n: int = 0


Struct._repr_mimebundle_ = descriptor(autodetect_observer=False)


class Getter:
    """Has a state of its own making."""

    _repr_mimebundle_ = descriptor(autodetect_observer=False)

    def __init__(self):
        self.values = {"kind": "getter", "n": 0}

    def _get_anywidget_state(self, include):
        return self.values

    def _set_anywidget_state(self, state):
        self.values |= state

    @property
    def n(self):
        return self.values["n"]


class Wrapper:
    """Shows another object in its place."""

    def __init__(self, inner):
        self.inner = inner

    def _repr_mimebundle_(self, **options):
        return self.inner._repr_mimebundle_(**options)

    @property
    def n(self):
        return self.inner.n


class Widget(anywidget.AnyWidget):
    kind = traitlets.Unicode("wrapped").tag(sync=True)
    n = traitlets.Int(0).tag(sync=True)
    _esm = ESM


KINDS = ["plain", "evented", "decorated", "traits", "pydantic", "struct", "getter", "wrapped"]

STEPS = [
    python("""plain, evented, decorated, traits = Plain(), Evented(), Decorated(), Traits()
pydantic, struct, getter, wrapped = Pydantic(), Struct(), Getter(), Wrapper(Widget())"""),
    *(show(kind, kind) for kind in KINDS),
    browser("for (const model of Object.values(models)) { model.off(); model.set('n', 7); model.save_changes(); }"),
    python("log([each.n for each in (plain, evented, decorated, traits, pydantic, struct, getter, wrapped)])"),
]
