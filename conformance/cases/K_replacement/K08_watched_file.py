"""Where the author asked for it, a file is watched: saved in place or replaced, its new text takes effect."""

import asyncio
import os
import pathlib
import tempfile

import anywidget
import traitlets

from conformance.steps import python, show, wait

ROWS = "A3 K7 K8 K9"


def define():
    """A class is watched when the variable is there as it is made."""
    global file, Widget
    os.environ["ANYWIDGET_HMR"] = "1"
    file = pathlib.Path(tempfile.mkdtemp()) / "widget.js"
    file.write_text("""export default { render({ model }) { log("first", model.get("n")); } };""")

    class Widget(anywidget.AnyWidget):
        n = traitlets.Int(0).tag(sync=True)
        _esm = file


def save(old: str, new: str) -> None:
    file.write_text(file.read_text().replace(old, new))


def save_as_editors_do(old: str, new: str) -> None:
    beside = file.with_suffix(".new")
    beside.write_text(file.read_text().replace(old, new))
    beside.replace(file)


STEPS = [
    python("define()\nw = Widget()"),
    show("w", "a"),
    python("w.n = 1\nawait asyncio.sleep(0.5)"),
    python("save('first', 'second')"),
    wait("second"),
    python("save_as_editors_do('second', 'third')"),
    wait("third"),
]
