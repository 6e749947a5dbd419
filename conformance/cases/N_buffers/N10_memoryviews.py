"""Any memoryview is sent as its bytes in C order: of several dimensions, of other formats, with gaps, reversed."""

import anywidget
import numpy as np
import traitlets

from conformance.steps import python

ROWS = "N10"
DIFFERS = "The reference refuses those with gaps, and sends those in Fortran order as they lie in memory."


class Widget(anywidget.AnyWidget):
    value = traitlets.Any().tag(sync=True)
    _esm = """
    export default {
      initialize({ model }) { model.on("change:value", () => log(model.get("value"))); },
    };
    """


ARRAY = np.arange(6, dtype="uint8").reshape(2, 3)

STEPS = [
    python("w = Widget()"),
    python("w.value = [memoryview(ARRAY)]"),
    python("w.value = [memoryview(np.asfortranarray(ARRAY + 10))]"),
    python("w.value = [memoryview(ARRAY[:, ::2])]"),
    python("w.value = [memoryview(ARRAY[::-1])]"),
    python("w.value = [memoryview(np.array([1, 2], dtype='<u2'))]"),
]
