"""The fit that the soak's figures come from."""

from __future__ import annotations

import random

import pytest
from memory import slope


@pytest.mark.parametrize("growth", [-2.0, 0.0, 0.5, 3.0])
def test_growth_is_seen_through_steps_and_bursts(growth: float) -> None:
    chance = random.Random(1)
    course = [(at, 80 + growth * at + chance.choice([0, 0, 0, 0.5, 15])) for at in range(1000)]
    assert slope([(float(at), weight) for at, weight in course]) == pytest.approx(growth, abs=0.01)


def test_of_too_few_points_nothing_is_said() -> None:
    assert slope([]) == slope([(1.0, 2.0)]) == 0.0
