"""What processes weigh, and how fast that grows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import psutil

MB = 1 << 20
STRETCHES = 10
"""Into so many a course is cut. Each counts as its lowest: what a burst takes for a moment is no growth."""


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
    """Of the line that fits best through the lowest point of each stretch; 0 where there are too few to say."""
    if len(course) < 2:
        return 0.0
    begin, end = course[0][0], course[-1][0]
    length = (end - begin) / STRETCHES or 1.0
    lowest: dict[int, tuple[float, float]] = {}
    for at, value in course:
        stretch = min(int((at - begin) / length), STRETCHES - 1)
        if stretch not in lowest or value < lowest[stretch][1]:
            lowest[stretch] = (at, value)
    points = list(lowest.values())
    if len(points) < 2:
        return 0.0
    middle_at = sum(at for at, _ in points) / len(points)
    middle = sum(value for _, value in points) / len(points)
    spread = sum((at - middle_at) ** 2 for at, _ in points)
    return sum((at - middle_at) * (value - middle) for at, value in points) / spread
