"""Who reads what whom defines (design.md, section 8)."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from notebooks_as_text import graph_of, sources_of

from anyhost.cells.components import components
from anyhost.cells.graph import Graph
from anyhost.cells.ordering import in_order


def test_a_cell_depends_on_those_that_define_what_it_reads() -> None:
    graph = graph_of("x = 1", "y = x", "def f(): return y", "f(), _p", "_p = 1")
    assert {cell: sorted(found) for cell, found in graph.parents.items()} == {
        "1": [], "2": ["1"], "3": ["2"], "4": ["2", "3"], "5": []
    }  # fmt: skip
    assert graph.descendants(["1"]) == {"1", "2", "3", "4"}
    assert graph.ancestors(["3"]) == {"1", "2", "3"}


def test_a_cell_does_not_depend_on_itself() -> None:
    graph = graph_of("x = x + 1", "def f(): return f()\nf()")
    assert graph.parents == {"1": frozenset(), "2": frozenset()}
    assert graph.uses("x") == {}
    assert graph.cycles == ()


def test_a_name_of_two_cells_makes_no_dependency() -> None:
    graph = graph_of("df = 1", "df = df + 1", "print(df)", "del df", "x = 1", "x")
    assert graph.shared == {"df"}
    assert {cell for cell, found in graph.parents.items() if found} == {"6"}
    assert graph.uses("df") == {}


def test_a_builtin_that_a_cell_defines_is_its_name() -> None:
    assert graph_of("filter = 1", "filter", "max").children["1"] == {"2"}


def test_imports_written_alike_are_no_conflict_and_come_from_the_first() -> None:
    graph = graph_of("import numpy as np", "import numpy as np\nnp.a", "np.b")
    assert graph.shared == frozenset()
    assert graph.children == {"1": frozenset({"3"}), "2": frozenset(), "3": frozenset()}
    assert graph_of("import numpy as np", "import other as np", "np").shared == {"np"}
    assert graph_of("import numpy as np", "np = 1", "np").shared == {"np"}
    assert graph_of("import os.path", "import os", "os").shared == frozenset()


def test_a_cell_that_does_not_parse_takes_part_in_nothing() -> None:
    graph = graph_of("x = 1", "y = x +", "x, y")
    assert graph.children == {"1": frozenset({"3"}), "2": frozenset(), "3": frozenset()}


def test_cells_run_in_file_order_but_for_what_they_depend_on() -> None:
    assert graph_of("1", "2", "3").order == ("1", "2", "3")
    assert graph_of("b", "a = 1", "b = a", "c", "c = 1").order == ("2", "3", "1", "5", "4")


def test_cells_that_use_a_shared_name_keep_their_order() -> None:
    """`df` as in a script: the plot is of the one above, though its cell could run first."""
    graph = graph_of("df = late", "plot(df)", "df = 2", "late = 1")
    assert graph.order == ("4", "1", "2", "3")


def test_a_shared_name_gives_way_to_a_dependency() -> None:
    graph = graph_of("df = late", "df = 2\nlate = 1", "df")
    assert graph.order == ("2", "1", "3")


def test_cells_that_depend_on_each_other_are_a_cycle() -> None:
    graph = graph_of("a = c", "b = a", "c = b", "d = c", "e = 1")
    assert graph.cycles == (("1", "2", "3"),)
    assert graph.in_cycles == {"1", "2", "3"}
    assert graph.order == ("1", "2", "3", "4", "5")


def test_functions_that_look_names_up_when_they_are_called_close_no_cycle() -> None:
    graph = graph_of("def draw(): return slider.value", "def update(): draw()\nslider = S()")
    assert graph.cycles == ()
    assert graph.order == ("1", "2")
    assert graph.parents == {"1": frozenset(), "2": frozenset({"1"})}
    assert graph_of("def even(n): return odd(n)", "def odd(n): return even(n)").cycles == ()
    # What runs at once has to have its names, and so there is a circle.
    assert graph_of("def f(): return x\ny = f()", "x = y").cycles == (("1", "2"),)


def test_a_function_below_may_be_read_above_where_no_circle_closes() -> None:
    graph = graph_of("def f(): return g()", "f()", "def g(): return 1")
    assert graph.parents == {"1": frozenset({"3"}), "2": frozenset({"1", "3"}), "3": frozenset()}
    assert graph.order == ("3", "1", "2")


def test_who_calls_a_function_reads_what_it_reads() -> None:
    """The cell that only defines it has nothing to run again for."""
    above = ["w = S()", "def f(change=None): return w.value", "def g(): return f()"]
    assert set(graph_of(*above).uses("w")) == set()
    assert set(graph_of(*above, "b.on_click(g)").uses("w")) == set()
    assert set(graph_of(*above, "x = g()").uses("w")) == {"4"}
    assert graph_of(*above, "x = g()").parents["4"] == {"1", "2", "3"}
    assert set(graph_of("w = S()\ndef f(): return w.value", "f()", "def g(): f()").uses("w")) == {"2"}
    assert set(graph_of("class A:\n    def m(self): return w.value", "w = S()", "A().m()").uses("w")) == {"3"}


def test_a_callback_does_not_make_its_cell_depend_on_what_it_will_call() -> None:
    """Else a drag would run the cell below, and that the one that makes the slider."""
    graph = graph_of("w = S()\nw.observe(lambda c: show())", "def show(): print(w.value)\nshow()", "y = w.value")
    assert graph.children == {"1": frozenset({"2", "3"}), "2": frozenset(), "3": frozenset()}
    assert graph.cycles == ()


def test_the_cell_that_made_a_widget_does_not_use_it_for_others() -> None:
    assert set(graph_of("w = S()\nw.value", "w.value", "w").uses("w")) == {"2", "3"}


def test_names_are_kept_from_the_graph_before() -> None:
    sources = sources_of("x = 1", "y = x", "y")
    before = Graph.of(sources)
    after = Graph.of(sources | {"2": "y = 2"}, before=before)
    assert after.names["1"] is before.names["1"]
    assert after.parents["2"] == frozenset()
    assert after == Graph.of(sources | {"2": "y = 2"})


def test_a_long_chain_is_no_recursion() -> None:
    cells = ["x0 = 1", *(f"x{index} = x{index - 1}" for index in range(1, 1500))]
    graph = graph_of(*cells)
    assert len(graph.descendants(["1"])) == 1500
    assert graph_of(*cells, "x0 = x1499").shared == {"x0"}
    assert graph_of("x = x1499", "x0 = x", *cells[1:]).cycles[0] == tuple(map(str, range(1, 1502)))


NUMBERS = st.integers(0, 7)
EDGES = st.dictionaries(NUMBERS, st.sets(NUMBERS), max_size=8)


@given(EDGES)
@settings(deadline=None)
def test_components_are_the_cells_that_reach_each_other(given_edges: dict[int, set[int]]) -> None:
    edges = {node: given_edges.get(node, set()) - {node} for node in range(8)}
    reach = {node: _reached(edges, node) for node in edges}
    expected = {
        frozenset(other for other in edges if other in reach[node] and node in reach[other]) | {node}
        for node in edges
    }  # fmt: skip
    assert {frozenset(each) for each in components(edges)} == {each for each in expected if len(each) > 1}


def _reached(edges: dict[int, set[int]], start: int) -> set[int]:
    found: set[int] = set()
    waiting = list(edges[start])
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting.extend(edges[node])
    return found


@given(EDGES, st.sets(st.tuples(NUMBERS, NUMBERS)))
@settings(deadline=None)
def test_an_order_has_parents_first_and_wishes_where_they_can_be(
    given_edges: dict[int, set[int]], wished: set[tuple[int, int]]
) -> None:
    parents = {str(node): frozenset(map(str, given_edges.get(node, set()) - {node})) for node in range(8)}
    cycles = components(parents)
    circle = {cell: index for index, each in enumerate(cycles) for cell in each}
    wishes = {(str(a), str(b)) for a, b in wished if a < b}
    order = in_order(parents, cycles, wishes)
    assert sorted(order) == sorted(parents)
    place = {cell: index for index, cell in enumerate(order)}
    for cell, found in parents.items():
        assert all(place[each] < place[cell] or circle.get(each, -1) == circle.get(cell, -2) for each in found)
    if not any(parents.values()):
        assert all(place[earlier] < place[later] for earlier, later in wishes)
        assert order == tuple(sorted(parents))
