"""Absolute imports work in inline code, relative ones and bare ones do not."""

import anywidget

from conformance.steps import browser, python, show

ROWS = "A17"


class Absolute(anywidget.AnyWidget):
    _esm = """
    import { word } from "http://cases.test/dependency.js";
    export default { render() { log("absolute", word); } };
    """


class Relative(anywidget.AnyWidget):
    _esm = """
    import { word } from "./dependency.js";
    export default { render() { log("relative", word); } };
    """


class Bare(anywidget.AnyWidget):
    _esm = """
    import { word } from "dependency";
    export default { render() { log("bare", word); } };
    """


STEPS = [
    python("a, r, b = Absolute(), Relative(), Bare()"),
    show("a", "a"),
    show("r", "b"),
    show("b", "c"),
    browser("""log(told("TypeError"))"""),
]
