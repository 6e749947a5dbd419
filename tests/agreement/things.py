"""Widgets with every habit that makes state disagree, and one that makes them do it on demand."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import time
from typing import Any

import anywidget
import traitlets

KEYS = ("free", "clamped", "even", "source", "double", "number", "data", "signal", "counter", "own0", "own1", "own2")


FEW = 1000
"""As many bytes are compared as they are, more by their hash."""


class Thing(anywidget.AnyWidget):
    """The widget that clients and Python write to at the same time."""

    _esm = "export default {}"
    free = traitlets.Any(0).tag(sync=True)
    clamped = traitlets.Int(0).tag(sync=True)
    even = traitlets.Int(0).tag(sync=True)
    source = traitlets.Int(0).tag(sync=True)
    double = traitlets.Int(0).tag(sync=True)
    number = traitlets.Float(0.0).tag(sync=True)
    data = traitlets.Bytes(b"").tag(sync=True)
    signal = traitlets.Any(None, allow_none=True).tag(sync=True)
    counter = traitlets.Int(0).tag(sync=True)
    own0 = traitlets.Int(0).tag(sync=True)
    own1 = traitlets.Int(0).tag(sync=True)
    own2 = traitlets.Int(0).tag(sync=True)

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[str, int, int]] = []
        self.on_msg(self._hear)

    @traitlets.validate("clamped")
    def _clamp(self, proposal: Any) -> int:
        return min(max(int(proposal["value"]), 0), 10)

    @traitlets.validate("even")
    def _refuse(self, proposal: Any) -> int:
        if proposal["value"] % 2:
            raise traitlets.TraitError(f"{proposal['value']} is odd")
        return int(proposal["value"])

    @traitlets.observe("source")
    def _write_back(self, change: Any) -> None:
        self.double = 2 * change["new"]
        if change["new"] % 5 == 4:
            self.source = change["new"] + 1

    def _hear(self, _widget: Any, content: Any, buffers: list[memoryview]) -> None:
        key, number = content["key"], content["number"]
        assert bytes(buffers[0]) == str(number).encode()
        self.heard.append((key, number, getattr(self, key)))
        if number % 3 == 0:
            self.say()
        if number % 4 == 0:
            raise RuntimeError("raised on purpose")

    def say(self, *more: bytes) -> None:
        """Send the next custom message; whoever hears it must hold this counter."""
        self.counter += 1
        self.send({"number": self.counter}, [str(self.counter).encode(), *more])

    def told(self) -> dict[str, Any]:
        """What it holds and has heard, as JSON can hold it."""
        return {"state": {key: readable(getattr(self, key)) for key in KEYS}, "heard": self.heard}


class Director(anywidget.AnyWidget):
    """Does in Python what a test asks for: in a callback, or, while `serve` runs, in a cell."""

    _esm = "export default {}"
    report = traitlets.Dict().tag(sync=True)

    def __init__(self) -> None:
        super().__init__()
        self._things: list[Thing] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._steps: asyncio.Queue[list[Any]] | None = None
        self.on_msg(self._hear)

    async def serve(self) -> None:
        """A cell that does not end: what is asked for happens in it."""
        self._steps = asyncio.Queue()
        while True:
            self._do(await self._steps.get())

    def _hear(self, _widget: Any, step: list[Any], _buffers: Any) -> None:
        if self._steps is None:
            self._do(step)
        else:
            self._steps.put_nowait(step)

    def _do(self, step: list[Any]) -> None:
        kind, *arguments = step
        getattr(self, f"do_{kind}")(*arguments)

    def do_make(self, serial: int, count: int) -> None:
        for thing in self._things:
            thing.layout.close()  # ipywidgets leaves it open, and every client would get it for ever after
            thing.close()
        self._things = [Thing() for _ in range(count)]
        self.report = {"serial": serial, "models": [thing.model_id for thing in self._things]}

    def do_assign(self, index: int, values: dict[str, Any]) -> None:
        thing = self._things[index]
        for key, value in values.items():
            with contextlib.suppress(traitlets.TraitError):
                setattr(thing, key, writable(value))

    def do_loop(self, index: int, key: str, count: int) -> None:
        for value in range(count):
            setattr(self._things[index], key, 2 * value)

    def do_fill(self, index: int, nbytes: int, count: int) -> None:
        for number in range(count):
            self._things[index].data = bytes([number % 251]) * nbytes

    def do_shout(self, index: int, nbytes: int, count: int) -> None:
        for _ in range(count):
            self._things[index].say(b"x" * nbytes)

    def do_tell(self, index: int, count: int) -> None:
        for _ in range(count):
            self._things[index].say()

    def do_task(self, index: int, count: int) -> None:
        task = asyncio.create_task(self._work(self._things[index], count))
        self._tasks.add(task)

    def do_block(self, milliseconds: int) -> None:
        time.sleep(milliseconds / 1000)

    def do_flash(self, index: int, value: Any) -> None:
        self._things[index].signal = value
        self._things[index].signal = None

    def do_finish(self, serial: int) -> None:
        self._tasks.add(asyncio.create_task(self._finish(serial)))

    async def _work(self, thing: Thing, count: int) -> None:
        for number in range(count):
            thing.free = f"task {number}"
            thing.source = number
            thing.say()
            await asyncio.sleep(0.001 * (number % 2))

    async def _finish(self, serial: int) -> None:
        while others := self._tasks - {asyncio.current_task()}:
            await asyncio.wait(others)
            self._tasks -= others
        self._tasks.clear()
        told = [thing.told() for thing in self._things]
        self.report = {"serial": serial, "things": json.dumps(told)}


def readable(value: Any) -> Any:
    if isinstance(value, bytes | bytearray | memoryview):
        return f"bytes:{bytes(value).hex()}" if len(value) <= FEW else f"sha256:{hashlib.sha256(value).hexdigest()}"
    return "float:NaN" if value != value else value  # noqa: PLR0124 - NaN


def writable(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("bytes:"):
        return bytes.fromhex(value.removeprefix("bytes:"))
    return float("nan") if value == "float:NaN" else value
