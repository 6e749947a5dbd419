"""What the graph has to say at a cell, in words for the person who writes the notebook.

`numbers` are the cells' places as a person counts them; a note says what is the matter and what to do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from .graph import CellId, Graph

Numbers = Mapping[CellId, int]


def notes_of(graph: Graph, numbers: Numbers) -> dict[CellId, list[str]]:
    """The notes of each cell that has any."""
    errors = cycle_errors(graph, numbers)
    missed = _missed(graph)
    found = {cell: list(_notes_of(cell, graph, numbers, missed)) for cell in graph.names}
    for cell, error in errors.items():
        found[cell].insert(0, error)
    return {cell: notes for cell, notes in found.items() if notes}


def cycle_errors(graph: Graph, numbers: Numbers) -> dict[CellId, str]:
    """Why the cells in cycles cannot run: one error for each of them, which names the others."""
    errors = {}
    for cycle in graph.cycles:
        where = sorted(numbers[cell] for cell in cycle)
        links = [
            f"cell {numbers[cell]} reads {_listed(_code(names))} of cell {numbers[parent]}"
            for cell, parent, names in _links(graph, cycle)
        ]
        text = (
            f"Cells {_listed(map(str, where))} depend on each other, so none of them can run: {', '.join(links)}. "
            "Move what they share into a cell of its own."
        )
        errors.update(dict.fromkeys(cycle, text))
    return errors


def _links(graph: Graph, cycle: Sequence[CellId]) -> Iterator[tuple[CellId, CellId, list[str]]]:
    members = set(cycle)
    for cell in cycle:
        for parent in sorted(graph.parents[cell] & members, key=cycle.index):
            yield cell, parent, sorted(name for name, where in graph.inputs[cell].items() if where == parent)


def _missed(graph: Graph) -> frozenset[str]:
    """The shared names by which a cell would follow another. The `i` of two loops, or the `f` of two `with`s, is none
    of them: each cell reads its own, and nothing is lost."""
    read = (name for names in graph.names.values() for name in (*names.reads, *names.later))
    return graph.shared.intersection(read)


def _notes_of(cell: CellId, graph: Graph, numbers: Numbers, missed: frozenset[str]) -> Iterator[str]:
    names = graph.names[cell]
    if names.error is not None:
        where = f" (line {names.error.line})" if names.error.line else ""
        yield f"This is not Python{where}: {names.error.text}. Other cells do not follow it until it is."
    yield from _shared_notes(cell, graph, numbers, missed)
    for each in names.unknown:
        yield (
            f"`{each}` does not say which names it defines: cells that use them do not follow this one. "
            + ("Import them by name." if "import" in each else "Import what they need.")
        )
    yield from _order_notes(cell, graph, numbers)


def _shared_notes(cell: CellId, graph: Graph, numbers: Numbers, missed: frozenset[str]) -> Iterator[str]:
    names = graph.names[cell]
    for others, shared in _by_definers(cell, missed & names.defined, graph, numbers):
        example = shared[0]
        yield (
            f"{_listed(_code(shared))} {_is(shared)} also defined in {_cells(others)}, so no cell runs again when "
            f"{'it changes' if len(shared) == 1 else 'they change'}. Give {_it(shared)} another name here, or one that "
            f"begins with _ (`_{example}`) if only this cell uses {_it(shared)}."
        )
    read = missed.intersection({*names.reads, *names.later}) - names.defined
    for others, shared in _by_definers(cell, read, graph, numbers):
        yield (
            f"{_listed(_code(shared))} {_is(shared)} defined in {_cells(others)}, so this cell does not run again when "
            f"{'it changes' if len(shared) == 1 else 'they change'}: give each its own name."
        )


def _by_definers(
    cell: CellId, names: Iterable[str], graph: Graph, numbers: Numbers
) -> list[tuple[tuple[int, ...], list[str]]]:
    """The names, put together where the same cells define them."""
    found: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for name in sorted(names):
        found[tuple(numbers[each] for each in graph.definers[name] if each != cell)].append(name)
    return sorted(found.items())


def _order_notes(cell: CellId, graph: Graph, numbers: Numbers) -> Iterator[str]:
    """A script runs from the top, and Python does not wait for what is defined below."""
    if cell in graph.in_cycles:
        return
    below: dict[int, list[str]] = defaultdict(list)
    for name, definer in graph.inputs[cell].items():
        if definer is not None and name in graph.names[cell].reads and numbers[definer] > numbers[cell]:
            below[numbers[definer]].append(name)
    for number, names in sorted(below.items()):
        yield (
            f"{_listed(_code(sorted(names)))} {_is(names)} defined below, in cell {number}, which therefore runs "
            "first. As a script the file fails here: move this cell down."
        )


def _cells(numbers: tuple[int, ...]) -> str:
    return ("cell " if len(numbers) == 1 else "cells ") + _listed(map(str, numbers))


def _listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _code(names: Iterable[str]) -> list[str]:
    return [f"`{name}`" for name in names]


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _it(names: Sequence[str]) -> str:
    return "it" if len(names) == 1 else "them"
