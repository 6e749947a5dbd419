"""A value that cannot be sent is an error with the widget's and the trait's name; the rest of the update goes."""

import anywidget
import traitlets

from conformance.inside import log
from conformance.steps import browser, python

ROWS = "O5"
DIFFERS = "In the reference the whole update is lost."


class Widget(anywidget.AnyWidget):
    a = traitlets.Int(0).tag(sync=True)
    bad = traitlets.Any().tag(sync=True)
    z = traitlets.Int(0).tag(sync=True)
    _esm = """
    export default {
      initialize({ model }) { model.on("change", () => log(model.get("a"), model.get("bad"), model.get("z"))); },
    };
    """


def change(widget):
    try:
        with widget.hold_sync():
            widget.a, widget.bad, widget.z = 1, object(), 2
    except Exception as error:
        log("raised", "Widget" in str(error), "bad" in str(error))


SEEN = """const said = (text) => document.body.innerText.includes(text) || told(text);
for (let tries = 0; tries < 40 && !said("bad"); tries++) await new Promise((resolve) => setTimeout(resolve, 50));
log("told", said("O05_unserializable.Widget") || said("Widget"), said("bad"))"""

STEPS = [python("w = Widget()"), python("change(w)"), python("w.a = 3"), browser(SEEN)]
