"""A widget that validates, raises, answers and says things, for the tests of what widgets are tested with."""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets


class Counter(anywidget.AnyWidget):
    _esm = """
    export default {
      render({ model, el }) {
        const button = document.createElement("button");
        const draw = () => { button.textContent = `count is ${model.get("count")}`; };
        button.onclick = () => { model.set("count", model.get("count") + 1); model.save_changes(); };
        model.on("change:count", draw);
        draw();
        el.append(button);
        if (model.get("broken")) throw new Error("a render that raises");
      },
    };
    """
    count = traitlets.Int(0).tag(sync=True)
    data = traitlets.Any(None).tag(sync=True)
    broken = traitlets.Bool().tag(sync=True)
    unwelcome = traitlets.Bool().tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.heard: list[Any] = []
        self.on_msg(self._hear)

    @traitlets.validate("count")
    def _clamp(self, proposal: Any) -> int:
        return min(10, int(proposal["value"]))

    @traitlets.observe("unwelcome")
    def _complain(self, _change: Any) -> None:
        raise RuntimeError("an observer that raises")

    def _hear(self, _widget: Any, content: Any, buffers: list[memoryview]) -> None:
        self.heard.append(content)
        if content == "raise":
            raise ValueError("a handler that raises")
        if isinstance(content, str):
            self.send({"echo": content}, [bytes(buffer)[::-1] for buffer in buffers])

    @anywidget.experimental.command
    def double(self, msg: Any, buffers: list[bytes]) -> tuple[Any, list[bytes]]:
        return msg * 2, [bytes(buffer) * 2 for buffer in buffers]
