"""What the notebook of these tests has: a widget that talks both ways, and one that tells a test what Python holds."""

from __future__ import annotations

import json
import os
import time
from typing import Any

import anywidget
import traitlets

CODE = """
let initialised = 0;
export default {
  initialize({ model }) {
    const talk = { initialised: ++initialised, rendered: 0, heard: [], sent: [], waiting: new Map() };
    globalThis.talk = talk;
    // What a message says comes with its bytes: they must be its own.
    model.on("msg:custom", ({ number, kind }, [bytes]) => {
      talk.heard.push(new TextDecoder().decode(bytes).split(" ")[0] === String(number) ? number : "torn");
      talk.waiting.get(kind)?.();
    });
    talk.say = (kind, size = 1) => {
      const number = talk.sent.length + 1;
      talk.sent.push(number);
      model.send({ number, kind }, undefined, [new TextEncoder().encode(number + " ".repeat(size))]);
    };
    talk.answered = (kind) => new Promise((resolve, reject) => {
      talk.waiting.set(kind, resolve);
      setTimeout(reject, 20_000, new Error("no answer to " + kind));
    });
    talk.values = () => {
      const text = new TextDecoder().decode(model.get("blob"));
      const blob = [text.length, text.trim()];
      const rest = ["level", "clamped", "even", "label"].map((key) => [key, model.get(key)]);
      return { ...Object.fromEntries(rest), blob };
    };
    talk.set = (values) => { model.set(values); model.save_changes(); };
    talk.round = async (number) => {
      const pause = () => new Promise((resolve) => setTimeout(resolve, 4));
      const over = talk.answered("over " + number);
      talk.say("begin", 40000);
      for (let step = 1; step <= 4; step++) {
        talk.set({ level: number * 100 + step });
        await pause();
      }
      talk.say("note");
      talk.set({ clamped: 99, even: number }); // both are refused where the number is odd, one where it is even
      await pause();
      talk.say("over " + number);
      await over;
    };
  },
  render({ model, el }) {
    globalThis.talk.rendered += 1;
    const slider = document.createElement("input");
    Object.assign(slider, { type: "range", min: 0, max: 1000, value: model.get("level") });
    slider.setAttribute("aria-label", "Level");
    slider.addEventListener("input", () => globalThis.talk.set({ level: slider.valueAsNumber }));
    const output = document.createElement("output");
    const show = () => {
      slider.value = model.get("level");
      output.textContent = `level ${model.get("level")}, label ${model.get("label")}`;
    };
    model.on("change", show);
    show();
    el.append(slider, output);
  },
};
"""


class Talker(anywidget.AnyWidget):
    """Values that the page sets (two of which are corrected), values that Python sets, and numbered messages."""

    _esm = CODE
    level = traitlets.Int(0).tag(sync=True)
    clamped = traitlets.Int(0).tag(sync=True)
    even = traitlets.Int(0).tag(sync=True)
    label = traitlets.Unicode("").tag(sync=True)
    blob = traitlets.Bytes(b" ").tag(sync=True)

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[int | str] = []
        self.told = 0
        self.slow = 0.0
        self.on_msg(self._hear)

    @traitlets.validate("clamped")
    def _clamp(self, proposal: Any) -> int:
        return min(int(proposal["value"]), 10)

    @traitlets.validate("even")
    def _refuse(self, proposal: Any) -> int:
        if proposal["value"] % 2:
            raise traitlets.TraitError(f"{proposal['value']} is odd")
        return int(proposal["value"])

    @traitlets.observe("level")
    def _take_time(self, _change: object) -> None:
        time.sleep(self.slow)

    def tell(self, kind: str, size: int = 1) -> None:
        self.told += 1
        self.send({"number": self.told, "kind": kind}, buffers=[f"{self.told}{' ' * size}".encode()])

    def _hear(self, _widget: Any, content: Any, buffers: list[memoryview]) -> None:
        number, kind = content["number"], content["kind"]
        self.heard.append(number if bytes(buffers[0]).decode().split()[0] == str(number) else "torn")
        if kind == "begin":
            self.tell("begun")
            self.label = f"begun {number}"
            self.tell("large", 40_000)
            self.blob = f"{number}{' ' * 20_000}".encode()
            self.label = f"told {number}"
        elif kind == "slow":
            self.slow = 0.5
        elif kind.startswith("over") or kind == "echo":
            self.label = f"{kind} {number}"
            self.tell(kind)


class Clerk(anywidget.AnyWidget):
    """Tells a test, which asks past the page and its connection, what Python holds."""

    _esm = "export default {};"
    report = traitlets.Unicode("{}").tag(sync=True)

    def __init__(self, talker: Talker) -> None:
        super().__init__()
        self._talker = talker
        self.on_msg(self._report)

    def _report(self, _widget: Any, serial: int, _buffers: object) -> None:
        talker = self._talker
        self.report = json.dumps(
            {
                "serial": serial,
                "pid": os.getpid(),
                "values": {name: getattr(talker, name) for name in ("level", "clamped", "even", "label")},
                "blob": [len(talker.blob), talker.blob.decode().strip()],
                "heard": talker.heard,
                "told": talker.told,
            }
        )
