from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protocol_values import plain

from anyhost.protocol.errors import ProtocolError
from anyhost.protocol.floats import FloatPatch, find_floats, put_floats

values = st.recursive(
    st.one_of(st.floats(), st.integers(-9, 9)),
    lambda inner: st.one_of(st.lists(inner, max_size=6), st.dictionaries(st.text(max_size=3), inner, max_size=4)),
)


def _as_null(value: Any) -> Any:
    """What JSON leaves of a value."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _as_null(item) for key, item in value.items()}
    return [_as_null(item) for item in value] if isinstance(value, list) else value


@given(st.dictionaries(st.text(max_size=3), values, max_size=4))
def test_numbers_that_json_cannot_hold_come_back(state: dict[str, Any]) -> None:
    received = _as_null(state)
    put_floats(received, find_floats(state, []))
    assert plain(received) == plain(state)


def test_the_numbers_of_a_list_travel_as_runs_of_indexes() -> None:
    numbers = [1.0, math.nan, math.nan, math.inf, 2.0, math.nan]
    assert find_floats({"x": numbers}, []) == [
        FloatPatch(["x"], "nan", [(1, 3), (5, 6)]),
        FloatPatch(["x"], "inf", [(3, 4)]),
    ]


def test_a_million_nans_are_one_patch() -> None:
    assert find_floats([math.nan] * 1_000_000, ["x"]) == [FloatPatch(["x"], "nan", [(0, 1_000_000)])]


@pytest.mark.parametrize("run", [(0, 3), (-1, 1), (2, 1), (0, 10**12)])
def test_a_run_beyond_its_list_is_refused(run: tuple[int, int]) -> None:
    with pytest.raises(ProtocolError, match="`floats`: expected runs within a list of 2"):
        put_floats({"x": [None, None]}, [FloatPatch(["x"], "nan", [run])])


def test_a_run_where_no_list_is_is_refused() -> None:
    with pytest.raises(ProtocolError, match="expected runs within a list of 0"):
        put_floats({"x": {"0": None}}, [FloatPatch(["x"], "nan", [(0, 1)])])


def test_the_walk_leaves_the_value_as_it_was() -> None:
    value = {"x": [math.nan, {"y": math.inf}]}
    before = json.dumps(value)
    find_floats(value, [])
    assert json.dumps(value) == before
