"""A file that `_esm` names and that is not there is an error in Python, when the class is made."""

import pathlib

import anywidget

from conformance.inside import log
from conformance.steps import python

ROWS = "L6"


def define():
    try:

        class _Widget(anywidget.AnyWidget):
            _esm = pathlib.Path("/no such folder/widget.js")

    except FileNotFoundError as error:
        log(type(error))


STEPS = [python("define()")]
