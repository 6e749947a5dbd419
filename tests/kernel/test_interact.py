"""ipywidgets' `interact` and its relatives: what a page sees of them, and which cells run for their controls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from classic_page import START, Page, cells_run

from anyhost.kernel.references import VIEW_MIMETYPE

pytestmark = pytest.mark.anyio


def shown_in(page: Page, output: str | None = None) -> list[Any]:
    """What the last `Output` (or this one) shows: its text, or the mime types of what it displays."""
    outputs = page.state(output or page.model("OutputModel"))["outputs"]
    return [each.get("text") or each.get("evalue") or sorted(each["data"]) for each in outputs]


async def changed(page: Page, name: str, value: Any, key: str = "value") -> list[str]:
    """A person moves the (last) control of this kind; which cells ran for it."""
    kernel = page.kernel
    since = len(kernel.messages)
    kernel.send_write(page.model(name), {key: value})
    await kernel.quiet()
    return kernel.ran(since)


@pytest.mark.parametrize(
    ("cell", "model", "value", "results"),
    [
        ("interact(lambda x: x * 2, x=10)", "IntSliderModel", 4, ["20", "8"]),
        ("@interact\ndef f(x=1.5): return x", "FloatSliderModel", 2.0, ["1.5", "2.0"]),
        ("@interact(x=(0, 10, 2))\ndef f(x=4): return x", "IntSliderModel", 6, ["4", "6"]),
        ("@interact(x=True)\ndef f(x): return x", "CheckboxModel", False, ["True", "False"]),
        ("interact(lambda x, y: (x, y), x='hi', y=fixed(7))", "TextModel", "ho", ["('hi', 7)", "('ho', 7)"]),
        ("interact(lambda x: x, x=w.IntSlider(min=-5, value=3))", "IntSliderModel", -5, ["3", "-5"]),
        ("w.interactive(lambda x: display(x), x=(0.0, 1.0))", "FloatSliderModel", 0.25, ["0.5", "0.25"]),
    ],
)
async def test_a_function_shows_what_it_makes_of_each_value(
    tmp_path: Path, cell: str, model: str, value: Any, results: list[str]
) -> None:
    """The controls are made from abbreviations; no cell runs for them, and the old result gives way to the new one."""
    async with cells_run(tmp_path, START, cell) as (kernel, page):
        output = page.model("OutputModel")
        assert [each["data"]["text/plain"] for each in page.state(output)["outputs"]] == results[:1]
        assert await changed(page, model, value) == []
        assert [each["data"]["text/plain"] for each in page.state(output)["outputs"]] == results[1:]
        assert kernel.errors() == [] and kernel.printed() == ""


@pytest.mark.parametrize("options", ["[('one', 10), ('two', 20)]", "{'one': 10, 'two': 20}"])
async def test_a_list_of_pairs_and_a_dict_are_choices(tmp_path: Path, options: str) -> None:
    async with cells_run(tmp_path, START, f"interact(lambda x: print(x), x={options})") as (_, page):
        assert page.state(page.model("DropdownModel"))["_options_labels"] == ["one", "two"]
        await changed(page, "DropdownModel", 1, "index")
        assert shown_in(page) == ["20\n"]


async def test_a_manual_one_waits_for_its_button(tmp_path: Path) -> None:
    async with cells_run(tmp_path, START, "@interact_manual(x=(0, 9))\ndef slow(x=3):\n    print('ran', x)") as (
        kernel,
        page,
    ):
        await changed(page, "IntSliderModel", 7)
        assert shown_in(page) == []
        since, button = len(kernel.messages), page.model("ButtonModel")
        await page.say(button, {"event": "click"})
        assert shown_in(page) == ["ran 7\n"]
        assert page.updates(button, since) == [{"disabled": True}, {"disabled": False}]


async def test_an_error_is_shown_in_its_place_and_goes_with_the_next_value(tmp_path: Path) -> None:
    """Promise 9."""
    async with cells_run(tmp_path, START, "@interact\ndef f(x=3):\n    print('x', 6 // (x - 4))") as (kernel, page):
        await changed(page, "IntSliderModel", 4)
        assert "by zero" in shown_in(page)[0] and kernel.errors() == []
        await changed(page, "IntSliderModel", 6)
        assert shown_in(page) == ["x 3\n"]


async def test_the_old_result_stays_until_the_new_one_is_there(tmp_path: Path) -> None:
    """`clear_output(wait=True)`: no page sees an empty `Output` in between."""
    async with cells_run(tmp_path, START, "@interact\ndef f(x=3):\n    print('x', x)") as (kernel, page):
        since = len(kernel.messages)
        for value in range(10):
            kernel.send_write(page.model("IntSliderModel"), {"value": value})
        await kernel.quiet()
        shown = page.updates(page.model("OutputModel"), since)
        assert shown and all(update["outputs"] for update in shown)
        assert shown_in(page) == ["x 9\n"]


@pytest.mark.parametrize("magic", ["", "%matplotlib inline\n"])
async def test_figures_are_shown_where_the_function_is(tmp_path: Path, magic: str) -> None:
    """matplotlib's inline figures: in the `Output`, one at a time, and closed."""
    pytest.importorskip("matplotlib")
    async with cells_run(
        tmp_path,
        f"{magic}{START}import matplotlib.pyplot as plt",
        "@interact(n=(1, 5))\ndef draw(n=2):\n    print('n', n)\n    plt.plot(range(n))\n    plt.show()",
        "@interact(n=(1, 5))\ndef unshown(n=2):\n    plt.plot(range(n))",
        "print(plt.get_fignums())",
    ) as (kernel, page):
        first, second = page.models("OutputModel")
        for slider in page.models("IntSliderModel"):
            kernel.send_write(slider, {"value": 4})
        await kernel.quiet()
        assert shown_in(page, first) == ["n 4\n", ["image/png", "text/plain"]]
        assert shown_in(page, second) == [["image/png", "text/plain"]]
        assert not any("image/png" in shown for shown in kernel.shown())
        assert kernel.printed() == "[]\n" and kernel.errors() == []


async def test_controls_may_stand_elsewhere(tmp_path: Path) -> None:
    """`interactive_output`: the controls are another cell's, and their cell alone is who lays them out."""
    async with cells_run(
        tmp_path,
        f"{START}a, b = w.IntSlider(value=2), w.IntText(value=3)\nui = w.HBox([a, b])",
        "def product(a, b):\n    print(a, '*', b, '=', a * b)",
        "out = interactive_output(product, {'a': a, 'b': b})",
        "display(ui, out)",
    ) as (_, page):
        assert shown_in(page) == ["2 * 3 = 6\n"]
        assert await changed(page, "IntTextModel", 10) == []
        assert shown_in(page) == ["2 * 10 = 20\n"]


@pytest.mark.parametrize(
    "reader",
    ["print(i.result)", "print(i.kwargs['x'] * 2)", "print(i.children[0].value * 2)", "print(f.widget.result)"],
)
async def test_what_it_has_computed_re_runs_who_reads_it(tmp_path: Path, reader: str) -> None:
    """Design, section 8: `result` and `kwargs` are no traits, and are read like them."""
    async with cells_run(
        tmp_path, START, "def f(x):\n    return x * 2\ni = interactive(f, x=(0, 10))\nf.widget = i\ni", reader, "i"
    ) as (kernel, page):
        assert kernel.ran() == ["a", "b", "c", "d"], "the first computation is the cell's own"
        assert await changed(page, "IntSliderModel", 9) == ["c"]
        assert kernel.printed() == "10\n18\n"


async def test_who_reads_one_control_is_not_run_for_the_other(tmp_path: Path) -> None:
    async with cells_run(
        tmp_path,
        f"{START}a, b = w.IntSlider(), w.Dropdown(options='xyz')\nui = w.VBox([a, b])\nui",
        "print('a', a.value)",
        "print('b', b.value)",
        "print('width', a.layout.width)",
    ) as (kernel, page):
        assert await changed(page, "IntSliderModel", 9) == ["b"]
        assert await changed(page, "DropdownModel", 2, "index") == ["c"]
        assert kernel.printed() == "a 0\nb x\nwidth None\na 9\nb z\n"


@pytest.mark.parametrize(
    "cell",
    [
        "interact(f, x=s)",
        "interact.options(manual=True)(f, x=s)",
        "interact(x=s)(f)",
        "w.interact_manual.options(manual_name='Go')(f, x=s)",
        "@interact.options(manual=False)\ndef g(x=s): pass",
        "w.jslink((s, 'value'), (t, 'value'))",
        "w.link((s, 'value'), (t, 'value'))",
        "w.Accordion([s], titles=['s'])",
        "w.AppLayout(center=s)",
        "grid = w.GridspecLayout(2, 2)\ngrid[0, 0] = s\ngrid",
    ],
)
async def test_who_shows_or_links_a_control_is_not_run_for_it(tmp_path: Path, cell: str) -> None:
    async with cells_run(tmp_path, f"{START}s, t = w.IntSlider(), w.IntProgress()\ndef f(x): pass\ns", cell) as (
        kernel,
        page,
    ):
        assert kernel.errors() == []
        kernel.send_write(page.models("IntSliderModel")[0], {"value": 5})
        await kernel.quiet()
        assert kernel.ran() == ["a", "b"]


RUNS = 30
LEAVES_NOTHING = {
    "interact": "@interact(x=(0, 9))\ndef f(x=3):\n    display(w.Label(str(x)))",
    "interact with another cell's control": "interact(lambda x: print(x), x=s)",
    "interactive_output": "out = interactive_output(lambda x: print(x), {'x': s})\nw.HBox([out])",
    "links": "t = w.IntProgress()\nw.jslink((s, 'value'), (t, 'value')); w.link((s, 'max'), (t, 'max'))\nt",
    "a tree": "w.Tab([w.Accordion([w.HBox([w.IntSlider(), w.Output()])])])",
    "callbacks": "b = w.Button()\nb.on_click(lambda b: display(w.Label()))\ns.observe(lambda c: None, 'value')\nb",
}


@pytest.mark.parametrize("what", LEAVES_NOTHING)
async def test_its_earlier_runs_leave_nothing(tmp_path: Path, what: str) -> None:
    """Promise 10: neither models, nor the objects behind them, nor observers of what stays."""
    # (What counts must not keep what it counts within the notebook's reach.)
    count = (
        "import gc\ndef count():\n    gc.collect()\n"
        "    observers = s._trait_notifiers.get('value', {}).get('change', ())\n"
        "    return sum(issubclass(type(each), w.Widget) for each in gc.get_objects()), len(observers)\nprint(*count())"
    )
    async with cells_run(tmp_path, f"{START}s = w.IntSlider()", LEAVES_NOTHING[what], count) as (kernel, page):
        live = len(page.live())
        for _ in range(RUNS):
            await kernel.run_cells("b")
        await kernel.run_cells("c")
        assert kernel.errors() == [] and len(page.live()) == live
        first, last = kernel.printed().splitlines()
        assert first == last


async def test_a_hundred_values_leave_nothing(tmp_path: Path) -> None:
    """Promise 10: what a callback shows in an `Output`, and clears again, is closed with the cell at the latest."""
    async with cells_run(tmp_path, START, "@interact(x=(0, 99))\ndef f(x=3):\n    display(w.Label(str(x)))") as (
        kernel,
        page,
    ):
        live = len(page.live())
        for value in range(100):
            kernel.send_write(page.model("IntSliderModel"), {"value": value})
            await kernel.quiet()
        output = page.state(page.model("OutputModel"))["outputs"]
        assert [each["data"][VIEW_MIMETYPE]["model_id"] for each in output] == [page.model("LabelModel")]
        await kernel.run_cells("b")
        assert len(page.live()) == live
