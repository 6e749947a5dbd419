"""Memory that is used again, and never while somebody looks at it."""

from __future__ import annotations

import socket
import weakref
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anyhost.kernel.framing import Inflow, Outflow
from anyhost.protocol.codec import Decoder, FrameReader, encode_frame, pieces
from anyhost.protocol.memory import IDLE, KEPT, WASTE, Memory
from anyhost.protocol.messages import Command, KernelCommand, ModelCommand
from anyhost.testing.channels import command

MB = 1 << 20


def address(view: memoryview) -> int:
    return int(np.frombuffer(view, np.uint8).ctypes.data)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(MB - 1, MB + MB // 2), st.sampled_from(["view", "part", "array", None]))))
def test_what_somebody_looks_at_does_not_change(steps: list[tuple[int, str | None]]) -> None:
    memory = Memory()
    held: list[tuple[int, Any]] = []
    for number, (length, holding) in enumerate(steps):
        view = memory.room(length)
        assert view.nbytes == length
        view[:] = bytes([number % 256]) * length
        if holding is None:
            held = held[1:]
        else:
            held.append(
                (number % 256, {"view": view, "part": view[10:20], "array": np.frombuffer(view, np.uint8)}[holding])
            )
        del view
        assert all(bytes(looked_at) == bytes([byte]) * looked_at.nbytes for byte, looked_at in held)


def test_one_large_value_after_the_other_takes_two_places() -> None:
    memory = Memory()
    value = memory.room(10 * MB)
    places = set()
    for length in (10 * MB, 9 * MB, 10 * MB, 9 * MB + 1, 10 * MB):
        value = memory.room(length)  # the one before is let go when this one is there
        places.add(address(value))
    assert len(places) == 2


def test_a_small_value_does_not_take_the_place_of_a_large_one() -> None:
    memory = Memory()
    place = address(memory.room(10 * MB))
    assert address(memory.room(int(10 * MB / WASTE) - 1)) != place
    assert address(memory.room(10 * MB + 1)) != place
    assert address(memory.room(10 * MB)) == place


@pytest.mark.parametrize("length", [KEPT // 4, KEPT + 1])
def test_what_is_remembered_is_bounded(length: int) -> None:
    memory = Memory()
    pages = [weakref.ref(memory.room(length).obj) for _ in range(2)]
    several = [memory.room(length) for _ in range(8)]
    pages += [weakref.ref(view.obj) for view in several]
    assert len({address(view) for view in several}) == 8
    several.clear()
    remembered = {id(page()) for page in pages if page() is not None}
    assert len(remembered) == KEPT // length


def test_a_single_upload_is_let_go_after_a_while() -> None:
    now = 0.0
    memory = Memory(clock=lambda: now)
    page = weakref.ref(memory.room(MB).obj)
    now = IDLE
    memory.tidy()
    assert page() is not None
    kept = memory.room(MB)
    now = 2 * IDLE + 1
    memory.tidy()
    assert page() is kept.obj  # somebody looks at it
    del kept
    assert page() is None


Receive = Callable[[ModelCommand], Any]


@contextmanager
def through_a_socket(memory: Memory) -> Iterator[Receive]:
    reader = FrameReader[Any](Decoder(Command), 1 << 30, memory)

    def receive(message: ModelCommand) -> Any:
        parts = pieces(encode_frame(message))
        return [reader.text(part) if isinstance(part, str) else reader.data(part) for part in parts][-1]

    yield receive


@contextmanager
def through_a_pipe(memory: Memory) -> Iterator[Receive]:
    inflow = Inflow[Any](Decoder(KernelCommand), memory=memory)
    outflow = Outflow()
    here, there = socket.socketpair()
    here.settimeout(0)

    def receive(message: ModelCommand) -> Any:
        outflow.push(encode_frame(message))
        while True:
            outflow.send(here)
            for arrival in inflow.read(there):
                return arrival.message

    with here, there:
        yield receive


@pytest.mark.parametrize("stream", [through_a_socket, through_a_pipe])
def test_a_stream_receives_into_it_and_tidies_it(
    stream: Callable[[Memory], AbstractContextManager[Receive]],
) -> None:
    now = 0.0
    with stream(Memory(clock=lambda: now)) as receive:
        first, second = receive(command(1, b"a" * MB)), receive(command(2, b"b" * MB))
        place, page = address(first.buffers[0]), weakref.ref(second.buffers[0].obj)
        del first
        third = receive(command(3, b"c" * MB))
        assert address(third.buffers[0]) == place
        assert (second, third) == (command(2, b"b" * MB), command(3, b"c" * MB))
        del second
        now = IDLE + 1
        assert page() is not None
        receive(command(4))
        assert page() is None


def test_memory_ends_with_its_stream() -> None:
    memory = Memory()
    page = weakref.ref(memory.room(MB).obj)
    assert page() is not None
    del memory
    assert page() is None
