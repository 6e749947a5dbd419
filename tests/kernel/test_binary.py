"""Comparing binary, ours and the one that ipywidgets does with ours."""

from __future__ import annotations

from array import array

import pytest
from ipywidgets.widgets import widget

from anyhost.kernel.binary import equal_bytes
from anyhost.kernel.patches import patched

LARGE = bytes(range(256)) * 10_000


@pytest.mark.parametrize("make", [bytes, bytearray, memoryview, lambda data: memoryview(bytearray(b"x" + data))[1:]])
@pytest.mark.parametrize("other", [bytes, lambda data: memoryview(bytearray(b"x" + data))[1:]])
def test_bytes_are_compared_whatever_holds_them(make: type, other: type) -> None:
    for data in (b"", b"a", LARGE):
        assert equal_bytes(make(data), other(data))
    assert not equal_bytes(make(LARGE), other(LARGE[:-1] + b"!"))
    assert not equal_bytes(make(LARGE), other(LARGE[:-1]))
    assert not equal_bytes(make(b""), other(b"a"))


def test_items_and_shape_do_not_matter_but_order_does() -> None:
    numbers = array("f", [1, 2, 3, 4])
    assert equal_bytes(memoryview(numbers), numbers.tobytes())
    assert equal_bytes(memoryview(numbers.tobytes()).cast("B", [4, 4]), numbers.tobytes())
    assert equal_bytes(memoryview(b"a-b-")[::2], b"ab")
    assert not equal_bytes(memoryview(b"a-b-")[::2], b"a-")


def test_n9_ipywidgets_compares_with_it_while_a_session_is_there() -> None:
    upstream = widget._buffer_list_equal
    with patched():
        assert widget._buffer_list_equal is not upstream
        assert widget._buffer_list_equal([memoryview(LARGE)], [LARGE])
        assert not widget._buffer_list_equal([memoryview(LARGE)], [LARGE[1:] + b"!"])
        assert not widget._buffer_list_equal([LARGE], [])
    assert widget._buffer_list_equal is upstream
