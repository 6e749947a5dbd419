"""A notebook that is edited and run reactively ends in the same state as one that is run from the top
(design.md, section 8). Cells are executed with nothing but Python's `exec`."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from anyhost.cells.graph import Graph
from anyhost.cells.plan import runs, stale_after

IDS = "12345678"


def mix(*values: Any) -> int:
    return hash(repr(values)) % 1_000_003


class Program:
    """Runs cells in one namespace. A cell's run takes the names of its earlier one away first."""

    def __init__(self) -> None:
        self.namespace: dict[str, Any] = {"mix": mix}
        self.ran: list[str] = []
        self._made: dict[str, frozenset[str]] = {}

    def forget(self, cell: str) -> None:
        for name in self._made.pop(cell, ()):
            self.namespace.pop(name, None)

    def run(self, graph: Graph, cells: tuple[str, ...]) -> None:
        # In a cycle nothing runs; what earlier runs of all these cells made is gone before the first begins.
        for cell in cells:
            self.forget(cell)
        for cell in cells:
            if cell not in graph.in_cycles:
                self.ran.append(cell)
                self._made[cell] = graph.names[cell].defined
                try:
                    exec(graph.sources[cell], self.namespace)
                except (NameError, RecursionError, TypeError):
                    self.forget(cell)

    def state(self) -> dict[str, Any]:
        return {
            name: "a function" if callable(value) else value
            for name, value in self.namespace.items()
            if name != "__builtins__"
        }


@st.composite
def expressions(draw: st.DrawFn) -> str:
    some = [
        draw(st.sampled_from(["v{}", "w{}[0]", "f{}()", "C{}().m()", "C{}.x"])).format(draw(st.sampled_from(IDS)))
        for _ in range(draw(st.integers(0, 2)))
    ]
    return f"mix({', '.join([str(draw(st.integers(0, 3))), *some])})"


@st.composite
def sources(draw: st.DrawFn, cell: str) -> str:
    """One cell's source. Each name belongs to one cell, so that none is shared."""
    templates = {
        "v": "v{0} = {1}",
        "w": "w{0} = [{1} for _k in range(2)]",
        "f": "def f{0}(): return {1}",
        "C": "class C{0}:\n    x = {1}\n    def m(self): return {2}",
    }
    kinds = draw(st.lists(st.sampled_from("vwfC"), min_size=1, max_size=3, unique=True))
    return "\n".join(templates[kind].format(cell, draw(expressions()), draw(expressions())) for kind in kinds)


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, str]]:
    """A notebook, and what each of several edits makes of it: sources by id, in file order."""
    cells = {cell: draw(sources(cell)) for cell in IDS[: draw(st.integers(1, 8))]}
    found = [cells]
    for _ in range(draw(st.integers(0, 4))):
        cells = dict(cells)
        cell = draw(st.sampled_from(IDS))
        match draw(st.sampled_from(["edit", "delete", "move"])):
            case "edit":
                cells[cell] = draw(sources(cell))
            case "delete":
                cells.pop(cell, None)
            case _:
                order = draw(st.permutations(list(cells)))
                cells = {each: cells[each] for each in order}
        found.append(cells)
    return found


@given(histories())
@settings(deadline=None)
def test_the_state_is_that_of_a_run_from_the_top(history: list[dict[str, str]]) -> None:
    graph = Graph.of(history[0])
    program = Program()
    program.run(graph, graph.order)
    for cells in history[1:]:
        after = Graph.of(cells, before=graph)
        for gone in graph.sources.keys() - after.sources:
            program.forget(gone)
        program.run(after, runs(after, stale_after(graph, after)))
        graph = after
    fresh = Program()
    fresh.run(graph, graph.order)
    assert program.state() == fresh.state()


@given(histories())
@settings(deadline=None)
def test_a_notebook_in_order_runs_as_a_script_does(history: list[dict[str, str]]) -> None:
    graph = Graph.of(history[-1])
    number = {cell: index for index, cell in enumerate(graph.sources)}
    if any(number[parent] > number[cell] for cell, parents in graph.parents.items() for parent in parents):
        return
    reactive, script = Program(), Program()
    reactive.run(graph, graph.order)
    script.run(graph, tuple(graph.sources))
    assert reactive.ran == script.ran
    assert reactive.state() == script.state()


@given(histories())
@settings(deadline=None)
def test_the_order_has_what_a_cell_depends_on_first(history: list[dict[str, str]]) -> None:
    graph = Graph.of(history[-1])
    assert sorted(graph.order) == sorted(graph.sources)
    place = {cell: index for index, cell in enumerate(graph.order)}
    for cell, parents in graph.parents.items():
        together = next((cycle for cycle in graph.cycles if cell in cycle), ())
        assert all(place[parent] < place[cell] for parent in parents if parent not in together)
