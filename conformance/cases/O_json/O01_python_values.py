"""Sets, dates, numpy's numbers and other iterables arrive as JSON has them; dict keys become strings."""

import datetime

import anywidget
import numpy as np
import traitlets

from conformance.steps import python

ROWS = "O1 O3"

UTC = datetime.UTC
VALUES = {
    "set": {1},
    "frozenset": frozenset(["a"]),
    "tuple": (1, (2,)),
    "range": range(3),
    "datetime": datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC),
    "datetime zone": datetime.datetime(2024, 1, 2, tzinfo=datetime.timezone(datetime.timedelta(hours=2))),
    "microseconds": datetime.datetime(2024, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
    "date": datetime.date(2024, 1, 2),
    "int64": np.int64(7),
    "float32": np.float32(0.5),
    "float64": np.float64(0.1),
    "array": np.arange(3),
    "keys": {1: "one", None: "none", False: "no", 1.5: "fraction"},
    "dict values": {"a": 1}.values(),
}


class Widget(anywidget.AnyWidget):
    value = traitlets.Any().tag(sync=True)
    _esm = """
    export default {
      initialize({ model }) {
        for (const [name, value] of Object.entries(model.get("value"))) log(name, value);
      },
    };
    """


STEPS = [python("w = Widget(value=VALUES)")]
