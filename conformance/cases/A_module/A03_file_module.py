"""A file that `_esm` names arrives as its contents: a Path, or a string that looks like one."""

import pathlib

import anywidget

from conformance.steps import browser, python, show

ROWS = "A3"
FILE = pathlib.Path(__file__).parents[2] / "files" / "dependent.js"


class OfPath(anywidget.AnyWidget):
    _esm = FILE


class OfText(anywidget.AnyWidget):
    _esm = str(FILE)


STEPS = [
    python("w = OfPath()"),
    show("w", "a"),
    python("v = OfText()"),
    show("v", "b"),
    browser("""log(slot("a").textContent.trim(), slot("b").textContent.trim())"""),
]
