"""A closed widget whose code is in a file can be collected."""

import gc
import pathlib
import weakref

import anywidget

from conformance.inside import log
from conformance.steps import python

ROWS = "P14"
DIFFERS = "In the reference the file's contents keep it (anywidget#929)."

FILE = pathlib.Path(__file__).parents[2] / "files" / "plain.js"


class Widget(anywidget.AnyWidget):
    _esm = FILE


STEPS = [
    python("w = Widget()"),
    python("reference = weakref.ref(w)\nw.close()\ndel w"),
    python("gc.collect()\nlog(reference() is None)"),
]
