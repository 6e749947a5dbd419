"""Inline code has a real URL, from which others can be made."""

import anywidget

from conformance.steps import python

ROWS = "A18"
DIFFERS = "In the reference it is a blob: URL."


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      initialize() {
        log(new URL(import.meta.url).protocol, URL.canParse("x.wasm", import.meta.url));
      },
    };
    """


STEPS = [python("w = Widget()")]
