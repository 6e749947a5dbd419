from __future__ import annotations

from array import array
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from protocol_values import plain

from anyhost.protocol.buffers import Buffers, put_buffers
from anyhost.protocol.errors import ProtocolError


@given(st.lists(st.binary(max_size=40), max_size=6), st.integers(1, 17))
def test_announced_buffers_filled_in_odd_pieces_equal_those_that_were_sent(parts: list[bytes], step: int) -> None:
    stream = b"".join(parts)
    received = Buffers.announced([len(part) for part in parts])
    for start in range(0, len(stream), step):
        piece = stream[start : start + step]
        assert received.fill(piece) == len(piece)
    assert received.complete
    assert received == Buffers(parts)
    assert received.fill(b"more") == 0


def test_room_lets_a_caller_receive_straight_into_memory() -> None:
    buffers = Buffers.announced([0, 3, 0, 2])
    seen = []
    while room := buffers.room():
        seen.append(room.nbytes)
        room[:1] = b"x"
        buffers.advance(1)
    assert seen == [3, 2, 1, 2, 1]
    assert buffers == Buffers([b"", b"xxx", b"", b"xx"])


def test_reading_buffers_that_are_still_to_come_is_an_error() -> None:
    with pytest.raises(ProtocolError, match="expected 3 bytes of buffers, 3 are still to come"):
        Buffers.announced([3])[0]


@pytest.mark.parametrize("length", [-1, True, 1.0, "3", None])
def test_a_length_that_is_none_is_refused(length: Any) -> None:
    with pytest.raises(ProtocolError, match="expected byte lengths of 0 or more, got"):
        Buffers.announced([length])


def test_a_received_buffer_does_not_alias_what_it_was_filled_from() -> None:
    source = bytearray(b"abc")
    buffers = Buffers.announced([3])
    buffers.fill(source)
    source[:] = b"xyz"
    assert bytes(buffers[0]) == b"abc"


@pytest.mark.parametrize(
    "part",
    [
        np.arange(6, dtype=">f4").reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(10)[::2],
        np.array(5.0),
        np.zeros((0, 3)),
        array("d", [1.0, 2.0]),
    ],
)
def test_n10_any_memory_is_sent_as_its_bytes_in_c_order(part: Any) -> None:
    buffers = Buffers([part])
    assert bytes(buffers[0]) == memoryview(part).tobytes()
    assert buffers.lengths == [memoryview(part).nbytes]


def test_n3_an_int_in_a_path_is_also_the_string_key_of_an_object() -> None:
    state: dict[str, Any] = {"d": {}, "list": [None, {"1": {}}]}
    put_buffers(state, [["d", 1], ["list", 0], ["list", 1, 1, "x"]], [b"a", b"b", b"c"])
    assert state == {"d": {"1": b"a"}, "list": [b"b", {"1": {"x": b"c"}}]}


def test_n5_more_buffers_than_paths_are_ignored() -> None:
    state: dict[str, Any] = {}
    put_buffers(state, [["a"]], [b"1", b"2"])
    assert plain(state) == {"a": ("binary", b"1")}


def test_fewer_buffers_than_paths_are_an_error() -> None:
    with pytest.raises(ProtocolError, match="`buffers`: expected 2, one for each of `buffer_paths`, got 1"):
        put_buffers({}, [["a"], ["b"]], [b"1"])


@pytest.mark.parametrize(
    "path", [[], ["missing", "x"], ["list", 5], ["list", -1], ["list", -1, "x"], ["list", "0"], ["number", "x"]]
)
def test_n6_a_path_that_leads_nowhere_is_an_error(path: list[str | int]) -> None:
    with pytest.raises(ProtocolError, match="a path into the state: expected"):
        put_buffers({"list": [{}], "number": 1}, [path], [b""])
