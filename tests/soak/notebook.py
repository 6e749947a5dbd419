# %%
# What a long life is made of, on demand: `Worker` does what its clients ask for.
import os

import anywidget
import ipywidgets
import traitlets


class Part(anywidget.AnyWidget):
    """A widget that comes and goes."""

    _esm = "export default { render() {} }"
    number = traitlets.Int(0).tag(sync=True)
    data = traitlets.Bytes(b"").tag(sync=True)


class Worker(anywidget.AnyWidget):
    _esm = "export default { render() {} }"
    pid = traitlets.Int(0).tag(sync=True)
    free = traitlets.Any(0).tag(sync=True)
    even = traitlets.Int(0).tag(sync=True)
    data = traitlets.Bytes(b"").tag(sync=True)
    done = traitlets.Int(0).tag(sync=True)

    def __init__(self):
        super().__init__(pid=os.getpid())
        self.on_msg(self._do)

    @traitlets.validate("even")
    def _refuse(self, proposal):
        if proposal["value"] % 2:
            raise traitlets.TraitError(f"{proposal['value']} is odd")
        return proposal["value"]

    def _do(self, _widget, content, buffers):
        getattr(self, f"do_{content['do']}")(content, buffers)
        self.done += 1

    def do_loop(self, content, _buffers):
        for value in range(content["count"]):
            self.free = [content["round"], value]

    def do_churn(self, content, _buffers):
        """What a callback makes belongs to its cell; it is shown, changed and closed."""
        parts = [Part(number=number, data=bytes(1000)) for number in range(content["count"])]
        box = ipywidgets.HBox([*parts, ipywidgets.IntSlider(value=3)])
        for part in parts:
            part.number += 1
        for widget in [*box.children, box]:
            widget.close()

    def do_echo(self, content, buffers):
        self.send({"echo": content["round"]}, [bytes(buffer) for buffer in buffers])

    def do_fill(self, content, _buffers):
        self.data = bytes([content["round"] % 251]) * content["size"]

    def do_print(self, content, _buffers):
        print("x" * content["size"])


worker = Worker()
worker

# %%
ipywidgets.VBox([ipywidgets.IntSlider(), ipywidgets.Output(), worker])
