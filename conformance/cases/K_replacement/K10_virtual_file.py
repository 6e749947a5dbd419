"""`vfile:` names a text that a cell has given; new text replaces the code."""

import anywidget
from anywidget._file_contents import _VIRTUAL_FILES, VirtualFileContents

from conformance.steps import python, show

ROWS = "K10"

# What `%%vfile widget.js` does.
file = VirtualFileContents("export default { render() { log('first'); } };")
_VIRTUAL_FILES["vfile:widget.js"] = file


class Widget(anywidget.AnyWidget):
    _esm = "vfile:widget.js"


STEPS = [
    python("w = Widget()"),
    show("w", "a"),
    python("file.contents = file.contents.replace('first', 'second')"),
    python("v = Widget()"),
    show("v", "b"),
]
