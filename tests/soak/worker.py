# %%
# A notebook whose widget does what its clients ask for: what a long life is made of.
import os
from typing import Any

import anywidget
import ipywidgets
import traitlets
from IPython.display import display


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

    def __init__(self) -> None:
        super().__init__(pid=os.getpid())
        self.on_msg(self._do)

    @traitlets.validate("even")
    def _refuse(self, proposal: Any) -> int:
        if proposal["value"] % 2:
            raise traitlets.TraitError(f"{proposal['value']} is odd")
        return int(proposal["value"])

    def _do(self, _widget: Any, content: dict[str, Any], buffers: list[memoryview]) -> None:
        getattr(self, f"do_{content['do']}")(content, buffers)
        self.done += 1

    def do_loop(self, content: dict[str, Any], _buffers: Any) -> None:
        for value in range(content["count"]):
            self.free = [content["round"], value]

    def do_churn(self, content: dict[str, Any], _buffers: Any) -> None:
        parts = [Part(number=number, data=bytes(1000)) for number in range(content["count"])]
        box = ipywidgets.HBox([*parts, ipywidgets.IntSlider(value=3)])
        for part in parts:
            part.number += 1
        for widget in [*box.children, box]:
            # In ipywidgets a widget's layout and style outlive it: they may be shared.
            for shared in (getattr(widget, "layout", None), getattr(widget, "style", None)):
                if shared is not None:
                    shared.close()
            widget.close()

    def do_echo(self, content: dict[str, Any], buffers: list[memoryview]) -> None:
        self.send({"echo": content["round"]}, [bytes(buffer) for buffer in buffers])

    def do_fill(self, content: dict[str, Any], _buffers: Any) -> None:
        self.data = bytes([content["round"] % 251]) * content["size"]

    def do_shout(self, content: dict[str, Any], _buffers: Any) -> None:
        for number in range(content["count"]):
            self.send({"shout": number}, [bytes([number % 251]) * content["size"]])

    def do_print(self, content: dict[str, Any], _buffers: Any) -> None:
        print("x" * content["size"])


worker = Worker()
display(worker)

# %%
display(ipywidgets.VBox([ipywidgets.IntSlider(), ipywidgets.Output(), worker]))
