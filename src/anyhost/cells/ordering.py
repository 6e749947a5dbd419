"""In which order cells run: a topological order that stays as near to the file as it can."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping


def in_order(
    parents: Mapping[str, frozenset[str]],
    cycles: Iterable[Iterable[str]] = (),
    wishes: Iterable[tuple[str, str]] = (),
) -> tuple[str, ...]:
    """All cells, parents first; among those that could be next, the one that is first in the file (the order of
    `parents`).

    Within a cycle the file's order is kept. `wishes` are pairs, the one before and the one after, that hold
    where no parent forbids it.
    """
    cells = tuple(parents)
    number = {cell: index for index, cell in enumerate(cells)}
    circle_of = {cell: index for index, cycle in enumerate(cycles) for cell in cycle}
    must = [
        {number[each] for each in parents[cell] if cell not in circle_of or circle_of.get(each) != circle_of[cell]}
        for cell in cells
    ]
    may: list[set[int]] = [set() for _ in cells]
    for earlier, later in wishes:
        may[number[later]].add(number[earlier])
    return tuple(cells[index] for index in _taken(must, may))


def _taken(must: list[set[int]], may: list[set[int]]) -> list[int]:
    followers: list[list[int]] = [[] for _ in must]
    for index, (needed, wished) in enumerate(zip(must, may, strict=True)):
        for each in needed | wished:
            followers[each].append(index)
    allowed = [index for index, needed in enumerate(must) if not needed]
    best = [index for index in allowed if not may[index]]
    taken: dict[int, None] = {}
    while len(taken) < len(must):
        index = heapq.heappop(best or allowed)
        if index in taken:
            continue
        taken[index] = None
        for follower in followers[index]:
            must[follower].discard(index)
            may[follower].discard(index)
            if not must[follower]:
                heapq.heappush(allowed, follower)
                if not may[follower]:
                    heapq.heappush(best, follower)
    return list(taken)
