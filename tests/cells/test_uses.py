"""What a cell reads of a widget, and what it only shows (design.md, section 8)."""

from __future__ import annotations

import pytest

from anyhost.cells.names import names_of
from anyhost.cells.uses import ANY, Item, Path, Use


def read(source: str, name: str = "w") -> set[Path] | None:
    """The paths that are read of a global; None: it is not mentioned."""
    uses = names_of(source).reads.get(name)
    if uses is None:
        return None
    # What is shown reads the attributes on the way.
    return {use.path for use in uses if not use.shown or any(isinstance(step, str) for step in use.path)}


@pytest.mark.parametrize(
    ("source", "paths"),
    [
        ("x = w.value", {("value",)}),
        ("w.value", {("value",)}),
        ("w.layout.width", {("layout", "width")}),
        ("f(w.value)", {("value",)}),
        ("print(w.data_as_pandas.head())", {("data_as_pandas", "head")}),
        ("w.value += 1", {("value",)}),
        ("f'{w.value:.2f}'", {("value",)}),
        ("f(w)", {()}),
        ("w.compute()", {("compute",)}),
        ("w[0]; 1", {(Item(0),)}),
        ("w[0].value", {(Item(0), "value")}),
        ("w['a'].value", {(Item("a"), "value")}),
        ("w[-1].value", {(ANY, "value")}),
        ("w[i].value", {(ANY, "value")}),
        ("w.children[1].value", {("children", Item(1), "value")}),
        ("w.model.slider.value", {("model", "slider", "value")}),
        ("len(w)", {()}),
        ("w == 1", {()}),
        ("print(w)", {()}),
        ("x = [w + 1]", {()}),
        ("return_it = lambda: w.value\nreturn_it()", {("value",)}),
    ],
)
def test_these_read(source: str, paths: set[Path]) -> None:
    assert read(source) == paths


@pytest.mark.parametrize(
    "source",
    [
        "w",
        "w;",
        "display(w)",
        "anyhost.display(w, v)",
        "HBox([w, v])",
        "widgets.VBox(children=(w,), layout=None)",
        "box = widgets.HBox([VBox([w]), *others])\nbox",
        "Tab({'a': w})",
        "AppLayout(header=w)",
        "w if x else v",
        "w.value = 3",
        "w.value: int = 3",
        "w.layout = {}",
        "del w.x",
        "w['k'] = 3",
        "w.observe(f, 'value')",
        "w.unobserve(f)",
        "w.on_msg(f)",
        "w.on_click(f)",
        "w.send({})",
        "with w: pass",
        "with w.hold_sync(): pass",
        "link((w, 'value'), (v, 'value'))",
        "widgets.jslink((v, 'value'), (w, 'value'))",
        "interact(f, x=w)",
        "interactive_output(f, {'x': w})",
        "@interact(x=w)\ndef f(x): pass",
        "interact.options(manual=True)(f, x=w)",
        "widgets.interact_manual.options(manual_name='Go')(x=w)(f)",
        "interact(x=w)(f)",
        "w.focus()",
        "@w.capture()\ndef f(): pass",
        "@w.on_click\ndef f(): pass",
        "x = w",
        "x = [w, v]",
        "x = {'a': w}",
        "HBox([x for x in w])",
        "HBox([HBox([Label(k), x]) for k, x in w.items()])",
        "x = {k: x for k, x in w.items()}",
        "x = [y for y in [w]]",
        "box.children = [w]",
        "grid[0, 1] = w",
        "isinstance(w, Slider)",
        "async with w: pass",
        "w?",
    ],
)
def test_these_do_not_read_and_yet_mention_it(source: str) -> None:
    assert read(source) == set()


@pytest.mark.parametrize(
    ("source", "paths"),
    [
        ("x = w\nx.value", {("value",)}),
        ("x = y = w\nf(y.value)", {("value",)}),
        ("x, y = v, w\nx.other, y.value", {("value",)}),
        ("x = [v, w]\nx[1].value, x[0].other", {("value",)}),
        ("x = [v, w]\nx[i].value", {("value",)}),
        ("x = [v, w]\nx.sort()", {()}),
        ("x = {'a': v, 'b': w}\nx['b'].value, x['a'].other", {("value",)}),
        ("x = dict(a=v, b=w)\nx['b'].value", {("value",)}),
        ("for x in w: x.value", {(ANY, "value")}),
        ("for x in [v, w]: x.value", {("value",)}),
        ("for i, x in enumerate(w): x.value, i.other", {(ANY, "value")}),
        ("for x, y in zip(v, w): y.value, x.other", {(ANY, "value")}),
        ("for k, x in w.items(): x.value, k.other", {(ANY, "value")}),
        ("for x in w.values(): x.value", {(ANY, "value")}),
        ("for x in reversed(w): x.value", {(ANY, "value")}),
        ("[x.value for x in w]", {(ANY, "value")}),
        ("{k: x.value for k, x in w.items()}", {(ANY, "value")}),
        ("sum(x.value for row in w for x in row)", {(ANY, ANY, "value")}),
        ("y = [x for x in w]\ny[0].value", {(ANY, "value")}),
        ("y = {k: [x] for k, x in w.items()}\ny[0][0].value", {(ANY, "value")}),
        ("sum([x for x in w])", {(ANY,)}),
        ("w.get('a').value", {("get",)}),
        ("x = w.get('a')\nx.value", {(Item("a"), "value")}),
        ("x, *y = w\ny[0].value", {(ANY, "value")}),
        ("_x = w\n_x.value", {("value",)}),
        ("obj.w = w\nobj.w.value", {("value",)}),
        ("def f():\n    x = w\n    return x.value\nf()", {("value",)}),
        ("def f(x=w): return x.value\nf()", {("value",)}),
        ("x = w\ndef f(): return x.value\nf()", {("value",)}),
        ("x = w\ny = x\nx = y\ny.value", {("value",)}),
        ("with w as x: x.value", {("value",)}),
    ],
)
def test_what_is_kept_is_followed(source: str, paths: set[Path]) -> None:
    assert read(source) == paths


def test_what_holds_itself_comes_to_an_end() -> None:
    paths = read("x = w\nx = x.next\nx.value")
    assert paths is not None
    assert max(map(len, paths)) == 8


@pytest.mark.parametrize(
    "source",
    [
        "def f(change): print(w.value)\nb.observe(f)",
        "b.observe(lambda change: print(w.value))",
        "b.on_click(lambda _, w=w: w.close())",
        "b.on_click(partial(f, w))",
        "def f(change): g()\ndef g(): print(w.value)\nb.on_click(f)",
        "def make():\n    def f(change): print(w.value)\n    b.on_click(f)\nmake()",
        "f = lambda change: w.value\nb.on_click(f)",
        "@b.on_click\ndef f(change): print(w.value)",
        "threading.Thread(target=lambda: w.value).start()",
        "def f(): return w.value",
        "class A:\n    def m(self): return w.value",
    ],
)
def test_what_is_read_in_a_callback_is_not_read_by_the_cells_run(source: str) -> None:
    names = names_of(source)
    assert not any(not use.shown or use.path for use in names.reads.get("w", ()))


@pytest.mark.parametrize(
    "source",
    [
        "def f(change=None): print(w.value)\nb.observe(f)\nf()",
        "def f(change): g()\ndef g(): print(w.value)\nb.on_click(f)\ng()",
        "def f(): return w.value\nx = map(f, y)",
        "@cache\ndef f(): return w.value\nf()",
        "class A:\n    def __init__(self): self.x = w.value\nA()",
        "def outer():\n    def inner(): return w.value\n    return inner\nouter()()",
    ],
)
def test_a_callback_that_is_called_too_is_read_by_the_run(source: str) -> None:
    assert read(source) == {("value",)}


def test_what_two_functions_of_each_other_read_counts_when_one_is_called() -> None:
    source = "def even(n): return odd(n - 1)\ndef odd(n): return w.value or even(n)\n"
    assert read(source) is None
    assert read(source + "even(1)") == {("value",)}


def test_a_use_says_what_it_means_of_what_is_held_further_in() -> None:
    use = Use(("children", Item(1), "value"))
    assert use.beyond(("children", ANY)) == Use(("value",))
    assert use.beyond(("children", Item(0))) is None
    assert use.beyond(("layout",)) is None
    assert Use(("append",)).beyond((Item(0),)) == Use()
    assert Use((), shown=True).beyond((Item(0),)) == Use((), shown=True)
