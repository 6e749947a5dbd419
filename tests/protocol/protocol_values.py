"""Widget states for the laws of the wire: JSON with binary and with numbers that JSON cannot hold."""

from __future__ import annotations

import math
from typing import Any

import msgspec
from hypothesis import strategies as st
from ipywidgets.widgets.widget import _remove_buffers
from msgspec import Raw

from anyhost.protocol.buffers import Buffers, Path
from anyhost.protocol.floats import FloatPatch, find_floats

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
scalars = st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.floats(), text, st.binary(max_size=16))
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(text, inner, max_size=4)),
    max_leaves=12,
)
states = st.dictionaries(text, values, max_size=4)


def parts_of(state: dict[str, Any]) -> tuple[dict[str, Raw], list[Path], Buffers, list[FloatPatch]]:
    """A state as a kernel sends it: ipywidgets takes the binary out, and the rest is encoded key by key."""
    plain, paths, buffers = _remove_buffers(state)
    encoded = {key: Raw(msgspec.json.encode(value)) for key, value in plain.items()}
    return encoded, paths, Buffers(bytes(buffer) for buffer in buffers), find_floats(plain, [])


def plain(value: Any) -> Any:
    """The value in a form that can be compared: binary as bytes, and NaN equal to itself."""
    if isinstance(value, memoryview | bytes):
        return ("binary", bytes(value))
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
