"""Whether two pieces of binary have the same bytes, at the speed of memory."""

from __future__ import annotations

from typing import Any

_CHUNK = 1 << 20


def equal_bytes(left: Any, right: Any) -> bool:
    """Compare two buffers byte by byte, whatever their items are.

    Python compares `bytes` with one call of C, and a memoryview item by item: 50 MB take it 0.2 s.
    """
    left, right = _flat(left), _flat(right)
    if left.nbytes != right.nbytes:
        return False
    for whole, other in ((left.obj, right), (right.obj, left)):
        if isinstance(whole, bytes | bytearray) and len(whole) == other.nbytes:
            return whole.startswith(other)  # a memcmp, which copies neither
    return all(
        left[start : start + _CHUNK].tobytes() == right[start : start + _CHUNK].tobytes()
        for start in range(0, left.nbytes, _CHUNK)
    )


def _flat(buffer: Any) -> memoryview:
    view = memoryview(buffer)
    if not view.c_contiguous:
        return memoryview(view.tobytes())
    return view.cast("B") if view.nbytes else memoryview(b"")
