"""What could grow slow without anyone noticing, a piece at a time: `make micro`. No part of `make test`.

A figure means something beside another one of the same machine and hour: `bench/compare.py` runs these for two
versions in turn.
"""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import anywidget
import pytest
import traitlets

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "kernel"))

from recording_kernel import RecordingKernel

from anyhost.cells.graph import Graph
from anyhost.cells.plan import runs, stale_after
from anyhost.kernel.encoding import Encoder
from anyhost.kernel.patches import patched
from anyhost.protocol.buffers import Buffers
from anyhost.protocol.codec import Decoder, FrameReader, encode_frame, encode_json, pieces
from anyhost.protocol.messages import (
    Command,
    KernelMessage,
    ModelCommand,
    ModelLifecycle,
    ModelOpenMessage,
    ModelUpdateMessage,
    ModelUpdateRequest,
    Notification,
)
from anyhost.session.replay import Replay
from anyhost.testing.kernel import raw_state

CELL = """import numpy as np
def f{n}(a, b=1): return [a + each * b for each in range(x{m})]
w{n} = widgets.HBox([w{m}, Slider(value=x{m})])
x{n} = f{n}(w{m}.value) if x{m} else sum(f{m}(2))
w{n}
"""


class Slider(anywidget.AnyWidget):
    _esm = "export default { render() {} }"
    value = traitlets.Int(0).tag(sync=True)
    echo = traitlets.Int(0).tag(sync=True)
    blob = traitlets.Bytes(b"", allow_none=True).tag(sync=True, from_json=lambda value, _: bytes(value))

    @traitlets.observe("value")
    def _heard(self, change):
        self.echo = change["new"]


@pytest.fixture
def kernel() -> Iterator[RecordingKernel]:
    recording = RecordingKernel()
    with patched(), recording.cell():
        yield recording
        recording.models.close_all()


def opened(number, **state):
    message = ModelOpenMessage(state=raw_state(**state), buffer_paths=[], buffers=Buffers())
    return ModelLifecycle(model_id=f"m{number}", message=message)


def updated(number, **state):
    message = ModelUpdateMessage(state=raw_state(**state), buffer_paths=[], buffers=Buffers())
    return ModelLifecycle(model_id=f"m{number}", message=message)


# ---- kernel


def test_a_write_is_applied_and_answered(benchmark, kernel):
    widget = Slider()
    numbers = iter(range(1, 1 << 40))

    def write():
        request = ModelUpdateRequest(state=raw_state(value=next(numbers)))
        kernel.models.handle(ModelCommand(model_id=widget.model_id, command_id=1, message=request))
        kernel.published.clear()

    benchmark(write)


def test_ten_megabytes_are_written(benchmark, kernel):
    widget = Slider()
    blob = bytearray(10_000_000)
    request = ModelUpdateRequest(state={}, buffer_paths=[["blob"]])

    def write():
        blob[0] = (blob[0] + 1) % 256
        command = ModelCommand(model_id=widget.model_id, command_id=1, message=request, buffers=Buffers([bytes(blob)]))
        kernel.models.handle(command)
        kernel.published.clear()

    benchmark(write)


def test_a_hundred_widgets_are_made(benchmark, kernel):
    def make():
        made = [Slider() for _ in range(100)]
        kernel.models.close_all()
        kernel.published.clear()
        del made

    benchmark(make)


@pytest.mark.parametrize(
    "value",
    [
        {f"key{number}": number for number in range(20)},
        [number / 7 for number in range(100_000)],
        [{"x": number, "name": f"row {number}"} for number in range(10_000)],
    ],
    ids=["a small dict", "100,000 floats", "10,000 records"],
)
def test_a_value_is_encoded(benchmark, value):
    encoder = Encoder(lambda _value: None)
    benchmark(encoder.encode, value, ["key"], "widget")


# ---- session


def test_10_000_updates_are_folded(benchmark):
    updates = [updated(number % 100, value=number) for number in range(10_000)]

    def fold():
        replay = Replay()
        for number in range(100):
            replay.apply(opened(number, value=0, text="some text", items=[1, 2, 3]))
        for update in updates:
            replay.apply(update)

    benchmark(fold)


def test_a_snapshot_of_1_000_models_is_made(benchmark):
    replay = Replay()
    for number in range(1_000):
        replay.apply(opened(number, value=number, text="some text", items=[1, 2, 3], more={"a": 1}))
    benchmark(lambda: [encode_frame(event) for event in replay.snapshot()])


# ---- wire


def test_a_command_is_read(benchmark):
    reader = FrameReader(Decoder(Command), 1 << 30)
    request = ModelUpdateRequest(state=raw_state(value=1))
    (text,) = pieces(encode_frame(ModelCommand(model_id="m", command_id=1, ack=1, message=request)))
    benchmark(reader.text, text)


def test_a_notification_is_read_and_written(benchmark):
    decoder = Decoder(KernelMessage)
    text = encode_frame(updated(1, value=1)).text
    benchmark(lambda: encode_frame(decoder.decode(text)))


def test_ten_megabytes_are_cut_and_put_together(benchmark):
    message = ModelUpdateMessage(state={}, buffer_paths=[["blob"]], buffers=Buffers([bytes(10_000_000)]))
    frame = encode_frame(ModelLifecycle(model_id="m", message=message))

    def carry():
        reader = FrameReader(Decoder(Notification), 1 << 30)
        for piece in pieces(frame):
            reader.text(piece) if isinstance(piece, str) else reader.data(piece)

    benchmark(carry)


def test_ten_megabytes_become_base64_and_back(benchmark):
    message = ModelUpdateMessage(state={}, buffer_paths=[["blob"]], buffers=Buffers([bytes(10_000_000)]))
    decoder = Decoder(Notification)
    benchmark(lambda: decoder.decode_json(encode_json(ModelLifecycle(model_id="m", message=message))))


# ---- cells


def test_a_graph_of_100_cells_is_made(benchmark):
    sources = {str(number): CELL.format(n=number, m=number - 1) for number in range(1, 101)}
    benchmark(Graph.of, sources)


def test_an_edit_of_one_of_300_cells_is_planned(benchmark):
    sources = {str(number): CELL.format(n=number, m=number - 1) for number in range(1, 301)}
    before = Graph.of(sources)
    edited = {**sources, "1": sources["1"] + "\ny = 1"}

    def plan():
        after = Graph.of(edited, before=before)
        return runs(after, stale_after(before, after))

    assert len(benchmark(plan)) == 300


# ---- the loop


def test_an_event_loop_turns(benchmark):
    """What all of this is to be compared with: the machine at this moment."""

    async def turn():
        for _ in range(100):
            await asyncio.sleep(0)

    with asyncio.Runner() as runner:
        benchmark(lambda: runner.run(turn()))
