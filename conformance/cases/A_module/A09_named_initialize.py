"""A named `initialize` is honoured, with or without a named `render`."""

import anywidget

from conformance.steps import python, show

ROWS = "A9"
DIFFERS = "The reference ignores a named `initialize`."


class Both(anywidget.AnyWidget):
    _esm = """
    export function initialize() { log("initialize both"); }
    export function render() { log("render both"); }
    """


class Only(anywidget.AnyWidget):
    _esm = """export function initialize() { log("initialize only"); }"""


STEPS = [python("w = Both()"), show("w", "a"), python("v = Only()"), show("v", "b")]
