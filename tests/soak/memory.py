"""What processes weigh, and how fast that grows."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import psutil

MB = 1 << 20
MOST_POINTS = 300
"""Of a longer course so many are looked at."""


class Weight(NamedTuple):
    """One look at a process: when, in seconds since the beginning, and bytes."""

    at: float
    resident: int
    own: int
    """What no other process shares (USS): a forked kernel shares most of what it has with its parent."""


@dataclass
class Course:
    """The weights of one process over time."""

    name: str
    process: psutil.Process
    weights: list[Weight] = field(default_factory=list)

    def look(self, at: float) -> None:
        memory = self.process.memory_full_info()
        self.weights.append(Weight(at, memory.rss, memory.uss))

    def growth(self, after: float) -> float:
        """MB an hour, of its resident memory, from `after` seconds on."""
        return slope([(weight.at, weight.resident) for weight in self.weights if weight.at >= after]) * 3600 / MB

    def summary(self, after: float) -> dict[str, float]:
        """In MB, and MB an hour."""
        late = [weight for weight in self.weights if weight.at >= after] or self.weights
        return {
            "resident at the start": round(self.weights[0].resident / MB, 2),
            "resident after the warm-up": round(late[0].resident / MB, 2),
            "resident at the end": round(late[-1].resident / MB, 2),
            "own at the end": round(late[-1].own / MB, 2),
            "growth an hour": round(self.growth(after), 3),
        }


def slope(course: Sequence[tuple[float, float]]) -> float:
    """The median of the slopes between all pairs of points (Theil and Sen); 0 where there are too few to say.

    Memory comes from the system, and goes back, in steps of half a megabyte and more: a line through the
    means would follow single steps.
    """
    points = course[:: max(1, len(course) // MOST_POINTS)]
    slopes = [
        (after - before) / (later - earlier)
        for (earlier, before), (later, after) in itertools.combinations(points, 2)
        if later > earlier
    ]
    return statistics.median(slopes) if slopes else 0.0
