"""`initialize` and `render` get what the specification lists, and nothing else."""

import anywidget

from conformance.steps import python, show

ROWS = "B2 B3 D1"


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      initialize(props) { log("initialize", Object.keys(props).sort(), typeof props.experimental.invoke); },
      render(props) {
        log("render", Object.keys(props).sort(), typeof props.experimental.invoke);
        log("host", Object.keys(props.host).sort());
      },
    };
    """


STEPS = [python("w = Widget()"), show("w", "a")]
