"""A subclass's command takes the place of its base class's."""

import anywidget
from anywidget.experimental import command

from conformance.steps import python, show

ROWS = "I13"
DIFFERS = "In anywidget 0.11 the base class's wins, which is a defect."


class Base(anywidget.AnyWidget):
    _esm = """
    export default { async render({ experimental }) { log((await experimental.invoke("who", null))[0]); } };
    """

    @command
    def who(self, msg, buffers):
        return "base", []


class Derived(Base):
    @command
    def who(self, msg, buffers):
        return "derived", []


STEPS = [python("d = Derived()"), show("d", "a")]
