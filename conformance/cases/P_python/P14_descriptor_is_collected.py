"""What is kept for a plain object whose code is in a file goes with the object."""

import gc
import pathlib
import weakref

from anywidget.experimental import MimeBundleDescriptor

from conformance.inside import log
from conformance.steps import python

ROWS = "P14 P16"
DIFFERS = "In the reference the file's contents keep it (anywidget#929)."

FILE = pathlib.Path(__file__).parents[2] / "files" / "plain.js"


class Thing:
    _repr_mimebundle_ = MimeBundleDescriptor(_esm=FILE, autodetect_observer=False)

    def _get_anywidget_state(self, include):
        return {"n": 1}


STEPS = [
    python("w = Thing()\nreference = weakref.ref(w._repr_mimebundle_)"),
    python("del w\ngc.collect()"),
    python("gc.collect()\nlog(reference() is None)"),
]
