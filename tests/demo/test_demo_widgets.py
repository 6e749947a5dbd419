"""The demo's own widgets, from Python: what they accept from a page, and how they refer to each other."""

from __future__ import annotations

import math
import struct
from pathlib import Path
from typing import Any

import pytest
import traitlets

from anyhost.demo import widgets
from anyhost.demo.ripples import ripples
from anyhost.demo.widgets import Ask, Compare, Pond, Wave
from anyhost.demo.widgets.ask import LARGEST, prime_factors

FRONT_END = Path(widgets.__file__).parent


def stones(*numbers: float) -> memoryview:
    """As they come from a page: bytes of two little-endian float32 for each stone."""
    return memoryview(struct.pack(f"<{len(numbers)}f", *numbers))


@pytest.mark.parametrize("widget", [Wave, Pond, Compare, Ask])
def test_a_widgets_front_end_is_one_module_with_no_imports_and_a_style_sheet(widget: type) -> None:
    stem = FRONT_END / widget.__name__.lower()
    code = stem.with_suffix(".js").read_text(encoding="utf-8")
    assert "export default { render };" in code
    assert "import" not in code
    assert str(widget._esm) == code  # type: ignore[attr-defined]
    assert str(widget._css) == stem.with_suffix(".css").read_text(encoding="utf-8")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("wavelength", "held"), [(14, 14.0), (1e9, 30.0), (-1, 6.0), (math.inf, 30.0), (math.nan, 6.0)]
)
def test_a_wave_keeps_within_its_limits(wavelength: float, held: float) -> None:
    wave = Wave()
    wave.set_state({"wavelength": wavelength})
    assert wave.wavelength == held


def test_a_ponds_stones_come_as_bytes_and_stay_in_the_pond() -> None:
    pond = Pond([(0.5, 0.5)])
    pond.set_state({"stones": stones(0.25, 0.75, -3, 9)})
    assert pond.positions == [(0.25, 0.75), (0.0, 1.0)]


@pytest.mark.parametrize(
    "sent", [memoryview(b"1234567"), stones(*[0.5] * 18), stones(math.nan, 0), stones(0, math.inf)]
)
def test_a_pond_refuses_what_are_no_stones(sent: memoryview) -> None:
    pond = Pond([(0.5, 0.5)])
    with pytest.raises(traitlets.TraitError, match="expected"):
        pond.stones = sent
    assert pond.positions == [(0.5, 0.5)]


def test_one_stone_sends_the_same_wave_to_all_sides() -> None:
    field = memoryview(ripples([(0.5, 0.5)], wavelength=8, height=1, columns=8, rows=8)).cast("b")
    now, later = field[:64], field[64:]
    assert now[4 * 8 + 4] == 127  # the crest, at the stone
    assert later[4 * 8 + 4] == 0  # and a quarter of a period later
    assert now[4 * 8] == now[4] < 0  # half a wave away, to the left and above: a trough


def test_waves_of_many_stones_fit_in_a_byte() -> None:
    field = ripples([(0.5, 0.5)] * 8, wavelength=6, height=1, columns=8, rows=8)
    assert max(memoryview(field).cast("b")) <= 127


def test_a_pond_without_stones_is_still() -> None:
    assert ripples([], wavelength=8, height=1, columns=4, rows=2) == bytes(16)


def test_a_compare_names_its_widgets_by_their_model_ids() -> None:
    """Row D2."""
    left, right = Pond(), Pond()
    state = Compare(left=left, right=right).get_state()
    assert state["left"] == f"anywidget:{left.model_id}"
    assert state["right"] == f"anywidget:{right.model_id}"


def test_a_compare_refuses_what_is_no_widget() -> None:
    with pytest.raises(traitlets.TraitError):
        Compare(left="a pond")


@pytest.mark.parametrize("number", [2, 3, 4, 97, 360, 999_983**2, 600_851_475_143, 999_999_999_989, LARGEST])
def test_prime_factors_are_primes_and_make_up_the_number(number: int) -> None:
    factors = prime_factors(number)
    assert math.prod(factors) == number
    assert factors == sorted(factors)
    assert all(prime_factors(factor) == [factor] for factor in factors)


@pytest.mark.parametrize("question", [1, 0, -5, LARGEST + 1, 2.5, True, "12", None, [7]])
def test_ask_refuses_any_other_question(question: Any) -> None:
    with pytest.raises(ValueError, match="expected a whole number from 2 to"):
        Ask().factorise(question, [])


def test_ask_answers_as_a_command_of_anywidget() -> None:
    """Rows I1 and I2."""
    ask = Ask()
    replies: list[dict[str, Any]] = []
    ask.send = lambda content, _buffers: replies.append(content)
    ask._handle_custom_msg({"id": "1", "kind": "anywidget-command", "name": "factorise", "msg": 12}, [])
    assert replies[0]["kind"] == "anywidget-command-response"
    assert replies[0]["response"]["factors"] == [2, 2, 3]
