"""Only a class with commands has a handler for them, and just one."""

import anywidget
from anywidget.experimental import command

from conformance.inside import log
from conformance.steps import python

ROWS = "I12"


class Without(anywidget.AnyWidget):
    _esm = "export default {};"


class With(anywidget.AnyWidget):
    _esm = "export default {};"

    @command
    def one(self, msg, buffers):
        return 1, []

    @command
    def two(self, msg, buffers):
        return 2, []


STEPS = [python("log([len(each._msg_callbacks.callbacks) for each in (Without(), With())])")]
