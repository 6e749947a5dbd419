"""What a cell defines and reads (design.md, section 8)."""

from __future__ import annotations

import builtins
import importlib
import inspect
import symtable
import sys

import pytest

from anyhost.cells.ipython import parse_cell
from anyhost.cells.names import Names, names_of
from anyhost.cells.occurrences import Occurrences


def defined(source: str) -> set[str]:
    return set(names_of(source).defined)


def read(source: str) -> set[str]:
    """Everything that is read, but for builtins."""
    names = names_of(source)
    return {name for name in {*names.reads, *names.later} if name not in vars(builtins)}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("x = y = 1; a, (b, *c) = 1, (2, 3)", {"x", "y", "a", "b", "c"}),
        ("x += 1", {"x"}),
        ("x: int = 1\ny: int", {"x"}),
        ("import numpy as np, os.path\nfrom a.b import c as d, e", {"np", "os", "d", "e"}),
        ("def f(a, *b, c=1, **d):\n    local = 1", {"f"}),
        ("async def f(): pass", {"f"}),
        ("class A(B):\n    x = 1\n    def m(self): pass", {"A"}),
        ("for i, j in z: k = i\nelse: m = 1", {"i", "j", "k", "m"}),
        ("with a as b, c as (d, e): f = 1", {"b", "d", "e", "f"}),
        ("if (n := 1): pass\n[m := q for q in z]", {"n", "m"}),
        ("try:\n    a = 1\nexcept E as e:\n    b = e\nfinally:\n    c = 1", {"a", "b", "c"}),
        (
            "match p:\n case [a, *b]: pass\n case {'k': c, **d}: pass\n case P(x=e) as f: pass\n case g: pass",
            {"a", "b", "c", "d", "e", "f", "g"},
        ),
        ("def f():\n    global g\n    g = 1", {"f", "g"}),
        ("def f():\n    x = 1\n    def h():\n        nonlocal x\n        x = 2", {"f"}),
        ("class A:\n    global g\n    g = 1", {"A", "g"}),
        ("[x for x in y]; {x: z for x in y}; (lambda w: w)", set()),
        ("w.value = 1; d['a'] = 2", set()),
        ("_x = 1\ndef _f(): pass\n__all__ = []", set()),
    ],
)
def test_a_cell_defines_what_it_binds(source: str, names: set[str]) -> None:
    assert defined(source) == names


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("x = a + b.c[d]", {"a", "b", "d"}),
        ("x = 1\nx + y", {"y"}),
        ("def f(a=b, *, c: d = e) -> g:\n    return h + a", {"b", "d", "e", "g", "h"}),
        (
            "@a\n@b.c(d)\nclass A(B, metaclass=M):\n    x: int = y\n    def m(self): return z + x",
            set("abdyzx") | {"B", "M"},
        ),
        ("lambda a, b=c: a + d", {"c", "d"}),
        ("[a + f for a in b if c for d in a]", {"f", "b", "c"}),
        ("{a: b for a, b in c}; {d for d in e}; any(f for f in g)", {"c", "e", "g"}),
        ("x += 1", {"x"}),
        ("a: b = c", {"b", "c"}),
        ("def f():\n    x = 1\n    def g(): return x + y\n    return g", {"y"}),
        ("def f():\n    global x\n    x = y", {"y"}),
        ("f'{a} {b!r:>{c}}'", {"a", "b", "c"}),
        ("match a:\n    case B(c=d) if e: f\n    case g.h: pass", {"a", "B", "e", "f", "g"}),
        ("with a as b, b.c as d: pass", {"a"}),
        ("try: pass\nexcept (A, B) as e: raise C from e", {"A", "B", "C"}),
        ("del x.y, z[k]", {"x", "z", "k"}),
        ("_private + __name__", set()),
        ("x.y = 1; d[k] = v", {"x", "d", "k", "v"}),
        ("x = map(lambda a: f(a, data), y)", {"f", "data", "y"}),
    ],
)
def test_a_cell_reads_what_it_uses_and_does_not_define(source: str, names: set[str]) -> None:
    assert read(source) == names


def test_a_name_of_its_own_that_is_used_before_it_is_bound_is_read() -> None:
    assert read("df = df.dropna()") == {"df"}
    assert read("if x: x = 1") == {"x"}
    assert read("class A:\n    x = x") == {"x"}
    assert read("def f(): return y\ny = 1\nf()") == set()


def test_what_is_bound_and_deleted_is_the_cells_own() -> None:
    assert defined("for i in range(3): pass\ndel i") == set()
    assert defined("try: pass\nexcept E as e: pass") == set()
    assert defined("del i\ni = 1") == {"i"}


def test_to_delete_another_cells_name_is_to_define_it() -> None:
    assert defined("del df") == {"df"}
    assert read("del df") == {"df"}


def test_a_builtin_means_what_a_cell_makes_of_it() -> None:
    assert "filter" in names_of("filter.value").reads
    assert defined("filter = Dropdown()") == {"filter"}


def test_imports_say_what_they_are() -> None:
    imported = names_of("import numpy as np, os.path\nfrom .a import b\nx = 1").imported
    assert imported == {"np": "numpy", "os": "os", "b": ".a:b"}


def test_a_star_import_is_known_to_be_unknown() -> None:
    names = names_of("from math import *\nx = sin(1)")
    assert names.unknown == ("from math import *",)
    assert names.defined == {"x"}
    assert "sin" in names.reads


def test_functions_read_when_they_are_called() -> None:
    source = "def f(): return a\ndef g(): return f() + b\n"
    names = names_of(source)
    assert names.reads == {}
    assert {name: set(uses) for name, uses in names.functions.items()} == {"f": {"a"}, "g": {"a", "b", "f"}}
    assert names.later == {"a", "b"}
    assert set(names_of(source + "g()").reads) == {"a", "b"}
    assert names_of(source + "g()").functions == names.functions
    assert names_of(source + "g()").later == frozenset()


@pytest.mark.parametrize(
    ("source", "later"),
    [
        ("b.on_click(lambda _: f(x))", set()),
        ("def f(_): g(x)\ndef g(y): return z\nb.on_click(f)", set()),
        ("def f(_): g(x)\ndef g(y): return z\nb.on_click(f)\ng(1)", set()),
        ("def f(_): g(x)\ndef g(y): return z\ndef h(): g(1)\nb.on_click(f)", {"z"}),
        ("def h(): return x\ndef f(_): pass\nb.on_click(f)", {"x"}),
        ("def even(n): return odd(n, x)\ndef odd(n, y): return even(n)", {"x"}),
        ("class A:\n    def m(self): return x", {"x"}),
        ("def _f(): return x", {"x"}),
    ],
)
def test_callbacks_look_names_up_and_depend_on_nothing(source: str, later: set[str]) -> None:
    assert names_of(source).later == later


def test_what_a_class_reads_it_reads_when_it_is_used() -> None:
    source = "class A(B):\n    x = c\n    class In:\n        def m(self):\n            return d\n"
    assert set(names_of(source).reads) == {"B", "c"}
    assert set(names_of(source).functions["A"]) == {"d"}
    assert names_of(source).later == {"d"}
    assert set(names_of(source + "A()").reads) == {"B", "c", "d"}


@pytest.mark.parametrize(
    ("source", "defines", "reads"),
    [
        ("%matplotlib inline\nx = 1", {"x"}, set()),
        ("%time x = f(y)", {"x"}, {"f", "y"}),
        ("%timeit -n 10 x = f(y)", set(), {"f", "y"}),
        ("%%time\nx = f(y)", {"x"}, {"f", "y"}),
        ("%%timeit z = a\nx = f(z)", set(), {"a", "f"}),
        ("%%capture --no-stderr out\nx = f(y)", {"out", "x"}, {"f", "y"}),
        ("%%time\n%%capture out\nx = y", {"out", "x"}, {"y"}),
        ("files = !ls {folder} $other.name", {"files"}, {"folder", "other"}),
        ("!echo $$ '{' | awk '{print $1}'", set(), set()),
        ("x = %env HOME", {"x"}, set()),
        ("%env HOME={home}", set(), {"home"}),
        ("%%bash --out text --err=errors\necho $HOME {x}", {"text", "errors"}, set()),
        ("%%html\n<b>{x}</b>", set(), set()),
        ("?w\nw.value?\nw??", set(), {"w"}),
        ("%xdel df", {"df"}, {"df"}),
        ("if x:\n    !ls {y}\n    %cd {z}", set(), {"x", "y", "z"}),
        ("get_ipython().run_line_magic('time', 'x = y')", {"x"}, {"y"}),
        ("    x = 1\n    y = x", {"x", "y"}, set()),
        (">>> x = y", {"x"}, {"y"}),
    ],
)
def test_magics_define_and_read(source: str, defines: set[str], reads: set[str]) -> None:
    assert names_of(source).error is None
    assert defined(source) == defines
    assert read(source) - {"get_ipython"} == reads


def test_what_a_run_file_defines_nobody_knows() -> None:
    assert names_of("%run setup.py").unknown == ("%run setup.py",)


@pytest.mark.parametrize(
    ("source", "line"), [("x = 1\ny = (", 2), ("%time f(\nx y", None), ("%%time\nx y", None), ("x = '\0'", None)]
)
def test_what_does_not_parse_defines_and_reads_nothing_and_says_so(source: str, line: int | None) -> None:
    names = names_of(source)
    if names.error is None:  # what a magic is given is its own affair
        assert "%" in source
    else:
        assert names == Names(error=names.error)
        assert line is None or names.error.line == line


def test_no_source_is_too_deep() -> None:
    deep = names_of("(" * 5000 + ")" * 5000)
    assert deep.error is not None
    assert names_of("-" * 100_000 + "1").error is not None


@pytest.mark.parametrize("source", ["await f()", "x = [await f() for f in g]", "async for x in y: pass",
                                    "async with x: pass", "[x async for x in y]", "%time await f()"])  # fmt: skip
def test_top_level_await_is_told(source: str) -> None:
    assert names_of(source).awaits


@pytest.mark.parametrize("source", ["async def f(): await g()", "x = 1", "(x async for x in y)"])
def test_await_in_a_function_is_plain_python(source: str) -> None:
    assert not names_of(source).awaits
    compile(source, "c", "exec")  # does not raise


@pytest.mark.skipif(sys.version_info < (3, 12), reason="type parameters came with Python 3.12")
def test_type_parameters_are_local() -> None:
    source = "type A[T] = dict[T, b]\ndef f[T: c](x: T) -> d: return e\nclass C[T](B[T]): x: T"
    assert defined(source) == {"A", "f", "C"}
    assert read(source) == {"b", "c", "d", "e", "B"}


MODULES = (
    "argparse ast asyncio.base_events asyncio.tasks contextlib dataclasses enum functools inspect json.encoder "
    "pathlib pickle statistics tokenize typing unittest.mock"
)


@pytest.mark.parametrize("module", MODULES.split())
def test_the_names_are_those_that_pythons_own_symbol_table_has(module: str) -> None:
    source = inspect.getsource(importlib.import_module(module))
    found = Occurrences()
    found.visit(parse_cell(source))
    used = {variable.name for routine in found.routines for variable, _ in routine.uses if variable.is_global}
    theirs_bound, theirs_used = _symbols(source)
    assert found.bound | found.deleted == theirs_bound
    # A class's `x = x` reads the global, which the table does not say.
    assert used - theirs_bound == theirs_used - theirs_bound


def _symbols(source: str) -> tuple[set[str], set[str]]:
    bound, used, waiting = set(), set(), [symtable.symtable(source, "m", "exec")]
    while waiting:
        table = waiting.pop()
        waiting.extend(table.get_children())
        for symbol in table.get_symbols():
            if table.get_type() == "module" or symbol.is_global():
                if symbol.is_assigned() or symbol.is_imported():
                    bound.add(symbol.get_name())
                if symbol.is_referenced():
                    used.add(symbol.get_name())
    return bound, used
