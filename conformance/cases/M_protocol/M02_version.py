"""Only version 2 of the protocol is accepted; another is an error, and the rest goes on."""

import contextlib

import anywidget
import comm

from conformance.steps import python, show, wait

ROWS = "M2"


class Widget(anywidget.AnyWidget):
    _esm = """
    export default {
      async render({ model }) {
        const later = new Promise((resolve) => setTimeout(resolve, 300, "absent"));
        const found = model.widget_manager.get_model("of-tomorrow").then(() => "found", () => "refused");
        log("model", await Promise.race([found, later]));
      },
    };
    """


def open_another():
    state = {"_model_module": "anywidget", "_model_name": "AnyModel", "_esm": "export default {};"}
    with contextlib.suppress(ValueError):  # a host may refuse it right here
        comm.create_comm(
            comm_id="of-tomorrow",
            target_name="jupyter.widget",
            data={"state": state, "buffer_paths": []},
            metadata={"version": "3.0.0"},
        )


STEPS = [python("open_another()"), python("w = Widget()"), show("w", "a"), wait("model")]
