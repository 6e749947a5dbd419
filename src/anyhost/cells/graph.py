"""The graph of a notebook's code cells: who reads what whom defines. A value; nothing runs here.

A name that one cell defines is *reactive*: whoever reads it depends on that cell. A name that several
define is *shared* and makes no dependency, so that an existing notebook, full of `df` and `fig`, runs
from top to bottom as it always did: cells that use a shared name keep their order in the file. An import
that several cells write alike is no conflict; it comes from the first of them.

Cells that depend on each other are a cycle, and do not run. Where only functions close the circle
(`def draw(): slider.value` above, `slider.observe(lambda c: draw())` below), there is none: what
functions read of cells below does not have to run before, as Python looks it up when they are called.

All of it is linear in the text of the cells; names are kept from the graph before (`before`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from .components import components
from .names import Names, names_of
from .ordering import in_order
from .uses import Use, Uses, merged

CellId: TypeAlias = str
Edges: TypeAlias = Mapping[CellId, frozenset[CellId]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """Made by `Graph.of`, and never changed. All mappings by cell have every cell, in file order."""

    sources: Mapping[CellId, str]
    names: Mapping[CellId, Names]
    definers: Mapping[str, tuple[CellId, ...]]
    """Of each name: the cells that define it, in file order."""
    shared: frozenset[str]
    parents: Edges
    """The cells that a cell depends on, directly: they run before it."""
    children: Edges
    """The cells that depend on a cell, directly."""
    cycles: tuple[tuple[CellId, ...], ...]
    order: tuple[CellId, ...]
    """All cells in the order in which they run: dependencies first, and else as in the file."""
    inputs: Mapping[CellId, Mapping[str, CellId | None]]
    """Of each cell: the names that it reads, and from which cell. Of a shared one: the last above that defines it."""
    used: Mapping[str, Mapping[CellId, frozenset[Use]]]
    """Of each name that is not shared: what the runs of cells read of its value that do not define it."""

    @classmethod
    def of(cls, sources: Mapping[CellId, str], *, before: Graph | None = None) -> Graph:
        """The graph of these code cells, given in file order. `before`: an earlier one, to save work."""
        known = {} if before is None else {before.sources[cell]: names for cell, names in before.names.items()}
        names = {cell: known.get(source) or names_of(source) for cell, source in sources.items()}
        definers = _definers(names)
        shared = frozenset(name for name, cells in definers.items() if _is_shared(name, cells, names))
        runs = {cell: _read_by_run(each, names, definers, shared) for cell, each in names.items()}
        inputs = _inputs(names, runs, definers, shared)
        parents, cycles = _without_circles(*_edges(inputs, shared, names))
        return cls(
            sources=dict(sources),
            names=names,
            definers=definers,
            shared=shared,
            parents=parents,
            children=_turned(parents),
            cycles=cycles,
            order=in_order(parents, cycles, _keeping_order(names, shared)),
            inputs=inputs,
            used=_used(names, runs, shared),
        )

    @property
    def in_cycles(self) -> frozenset[CellId]:
        return frozenset(cell for cycle in self.cycles for cell in cycle)

    def uses(self, name: str) -> Mapping[CellId, frozenset[Use]]:
        """What each cell reads of this global's value. See `reach.py`."""
        return self.used.get(name, {})

    def left_out(self, cell: CellId) -> set[CellId]:
        """The cells below that a cell does not depend on, though functions read what they define: see the module."""
        reactive = {where for name, where in self.inputs[cell].items() if where is not None and name not in self.shared}
        return reactive - self.parents[cell] - {cell}

    def descendants(self, cells: Iterable[CellId]) -> set[CellId]:
        """These cells, and all that depend on them."""
        return _reached(self.children.__getitem__, self._known(cells))

    def affected(self, cells: Iterable[CellId]) -> set[CellId]:
        """These cells, and all that depend on values of theirs: what a cell imports is the same when it runs again."""
        return _reached(self._readers_of_values, self._known(cells))

    def ancestors(self, cells: Iterable[CellId]) -> set[CellId]:
        """These cells, and all that they depend on."""
        return _reached(self.parents.__getitem__, self._known(cells))

    def _known(self, cells: Iterable[CellId]) -> list[CellId]:
        return [cell for cell in cells if cell in self.sources]

    def _readers_of_values(self, cell: CellId) -> list[CellId]:
        imported = self.names[cell].imported
        return [
            child
            for child in self.children[cell]
            if any(where == cell and name not in imported for name, where in self.inputs[child].items())
        ]


def _definers(names: Mapping[CellId, Names]) -> dict[str, tuple[CellId, ...]]:
    found: dict[str, list[CellId]] = defaultdict(list)
    for cell, each in names.items():
        for name in each.defined:
            found[name].append(cell)
    return {name: tuple(cells) for name, cells in found.items()}


def _is_shared(name: str, cells: tuple[CellId, ...], names: Mapping[CellId, Names]) -> bool:
    if len(cells) == 1:
        return False
    imported = {names[cell].imported.get(name) for cell in cells}
    return len(imported) > 1 or None in imported


def _read_by_run(
    cell: Names, names: Mapping[CellId, Names], definers: Mapping[str, tuple[CellId, ...]], shared: frozenset[str]
) -> Uses:
    """What a cell's run reads, with what the functions read that it calls, of whichever cells."""
    found: list[Uses] = []
    called: set[str] = set()
    waiting = [cell.reads]
    while waiting:
        uses = waiting.pop()
        found.append(uses)
        for name, some in uses.items():
            if name not in definers or name in shared or name in called:
                continue
            function = names[definers[name][0]].functions.get(name)
            if function is not None and any(not use.shown for use in some):
                called.add(name)
                waiting.append(function)
    return merged(found) if len(found) > 1 else cell.reads


def _inputs(
    names: Mapping[CellId, Names],
    runs: Mapping[CellId, Uses],
    definers: Mapping[str, tuple[CellId, ...]],
    shared: frozenset[str],
) -> dict[CellId, dict[str, CellId | None]]:
    last = {name: cells[0] for name, cells in definers.items() if name not in shared}
    found: dict[CellId, dict[str, CellId | None]] = {}
    for cell, each in names.items():
        read = {*runs[cell], *each.later}
        found[cell] = {name: last.get(name) for name in read if name in definers}
        last.update(dict.fromkeys(shared & each.defined, cell))
    return found


def _edges(
    inputs: Mapping[CellId, Mapping[str, CellId | None]], shared: frozenset[str], names: Mapping[CellId, Names]
) -> tuple[dict[CellId, set[CellId]], dict[CellId, set[CellId]]]:
    """By cell, those that it depends on: firmly, for what it reads itself, and loosely, through functions only."""
    firm: dict[CellId, set[CellId]] = {}
    loose: dict[CellId, set[CellId]] = {}
    for cell, found in inputs.items():
        firm[cell], loose[cell] = set(), set()
        for name, definer in found.items():
            if definer is not None and name not in shared and name not in names[cell].defined:
                (firm if name in names[cell].reads else loose)[cell].add(definer)
    return firm, loose


def _without_circles(
    firm: dict[CellId, set[CellId]], loose: dict[CellId, set[CellId]]
) -> tuple[dict[CellId, frozenset[CellId]], tuple[tuple[CellId, ...], ...]]:
    """All dependencies, without the loose ones on cells below that close a circle; and the circles that stay."""
    position = {cell: index for index, cell in enumerate(firm)}
    parents = {cell: firm[cell] | loose[cell] for cell in firm}
    for circle in components(parents):
        for cell in circle:
            below = {each for each in loose[cell] - firm[cell] if each in circle and position[each] > position[cell]}
            parents[cell] -= below
    cycles = [tuple(sorted(circle, key=position.__getitem__)) for circle in components(parents)]
    cycles.sort(key=lambda cycle: position[cycle[0]])
    return {cell: frozenset(each) for cell, each in parents.items()}, tuple(cycles)


def _turned(edges: Edges) -> dict[CellId, frozenset[CellId]]:
    turned: dict[CellId, set[CellId]] = {cell: set() for cell in edges}
    for cell, others in edges.items():
        for other in others:
            turned[other].add(cell)
    return {cell: frozenset(others) for cell, others in turned.items()}


def _keeping_order(names: Mapping[CellId, Names], shared: frozenset[str]) -> Iterator[tuple[CellId, CellId]]:
    """Neighbours among the cells that use a shared name: the one before, the one after."""
    using: dict[str, list[CellId]] = {name: [] for name in shared}
    for cell, each in names.items():
        for name in shared.intersection(each.defined.union(each.reads, each.later)):
            using[name].append(cell)
    for cells in using.values():
        yield from pairwise(cells)


def _reached(neighbours: Callable[[CellId], Iterable[CellId]], cells: Iterable[CellId]) -> set[CellId]:
    found: set[CellId] = set()
    waiting = list(cells)
    while waiting:
        cell = waiting.pop()
        if cell not in found:
            found.add(cell)
            waiting.extend(neighbours(cell))
    return found


def _used(
    names: Mapping[CellId, Names], runs: Mapping[CellId, Uses], shared: frozenset[str]
) -> dict[str, dict[CellId, frozenset[Use]]]:
    found: dict[str, dict[CellId, frozenset[Use]]] = defaultdict(dict)
    for cell, uses in runs.items():
        for name, some in uses.items():
            if name not in shared and name not in names[cell].defined:
                found[name][cell] = some
    return dict(found)
