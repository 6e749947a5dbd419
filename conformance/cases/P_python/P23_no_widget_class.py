"""Whatever opens a comm with a state is a widget: no class of ipywidgets' or anywidget's is needed."""

import comm

from conformance.inside import log
from conformance.steps import browser, python, show

ROWS = "P1 P2 P3 P23"


class Thing:
    def __init__(self):
        state = {
            "_model_module": "anywidget",
            "_model_name": "AnyModel",
            "_model_module_version": "~0.11.*",
            "_view_module": "anywidget",
            "_view_name": "AnyView",
            "_view_module_version": "~0.11.*",
            "_view_count": None,
            "_anywidget_id": "Thing",
            "_esm": """
            export default {
              render({ model }) {
                globalThis.model = model;
                log("n", model.get("n"));
                model.on("change:n", () => log("n", model.get("n")));
              },
            };
            """,
            "n": 1,
        }
        data = {"state": state, "buffer_paths": []}
        self.comm = comm.create_comm(target_name="jupyter.widget", data=data, metadata={"version": "2.1.0"})
        self.comm.on_msg(lambda message: log("message", message["content"]["data"], message["buffers"]))

    def _repr_mimebundle_(self, **options):
        view = {"version_major": 2, "version_minor": 0, "model_id": self.comm.comm_id}
        return {"application/vnd.jupyter.widget-view+json": view, "text/plain": "Thing"}

    def set(self, n):
        self.comm.send(data={"method": "update", "state": {"n": n}, "buffer_paths": []})


STEPS = [
    python("t = Thing()"),
    show("t", "a"),
    python("t.set(2)"),
    browser("""model.send("hello", undefined, [new Uint8Array([7]).buffer])"""),
    python("t.comm.close()"),
]
