"""What anyhost promises of anywidgets it keeps for classic widgets, too: after F5, in two pages, after many runs.

Each control alone is in `test_classic_controls.py`; here they are many, and things happen to the page.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from lab import Counting
from playwright.sync_api import Browser, Locator, Page, expect
from servers import serving
from tabs import Open, Tab

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("classic promises")]

RUNS = 100 if os.environ.get("ANYHOST_ALL_MOUNTS") else 15
"""A hundred in `make soak`."""

SLIDER = """\
# %%
import ipywidgets as w
s = w.IntSlider(max=1000, layout={"width": "600px"})
s
# %%
print("Python has", s.value)
"""


def handle(page: Page, number: int = 0) -> Locator:
    return page.locator(".noUi-handle").nth(number)


def value(page: Page, number: int = 0) -> int:
    """What a slider shows."""
    return int(page.locator(".widget-readout").nth(number).inner_text())


def press_and_move(page: Page, by: int) -> None:
    """Take the first slider's handle and drag it, in steps; the button stays down."""
    box = handle(page).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by, y, steps=10)


def test_f5_in_the_middle_of_a_drag(open_tab: Open) -> None:
    """Promise 7: nothing that was seen is lost, and the slider can be dragged on."""
    page = open_tab(SLIDER).page
    expect(handle(page)).to_be_visible(timeout=30_000)
    for by in (60, 90):
        press_and_move(page, by)
        seen = value(page)
        page.reload()
        expect(handle(page)).to_be_visible(timeout=30_000)
        assert seen > 0 and value(page) == seen
        expect(page.get_by_text(f"Python has {seen}", exact=True)).to_be_visible()
        page.mouse.up()


@pytest.fixture
def pages_on(browser: Browser, tmp_path: Path) -> Iterator[Callable[[str, int], list[Page]]]:
    """Opens tabs on one notebook that is edited: they share its session. No tab may have a complaint."""
    tabs: list[Tab] = []
    with ExitStack() as stack:

        def open_pages(text: str, count: int) -> list[Page]:
            notebook = tmp_path / "notebook.py"
            notebook.write_text(text, encoding="utf-8")
            server = stack.enter_context(serving("edit", str(notebook)))
            for _ in range(count):
                context = browser.new_context(viewport={"width": 1000, "height": 1000})
                stack.callback(context.close)
                tabs.append(Tab(context, server.address))
                expect(tabs[-1].page.locator(".status")).to_have_text("Ready", timeout=30_000)
            return [tab.page for tab in tabs]

        yield open_pages
        complaints = [tab.complaints for tab in tabs]
    assert complaints == [[]] * len(tabs)


def test_two_pages_of_one_session_agree(pages_on: Callable[[str, int], list[Page]]) -> None:
    """Promises 2 and 4: what is dragged here follows there, and a refusal is undone in both."""
    text = SLIDER + (
        "# %%\nimport traitlets\nclass Even(w.IntText):\n    @traitlets.validate('value')\n"
        "    def _even(self, proposal):\n        return proposal.value // 2 * 2\neven = Even(description='even')\n"
        "link = w.dlink((s, 'value'), (even, 'value'))\neven\n"
    )
    one, other = pages_on(text, 2)
    for page in (one, other):
        expect(page.locator(".widget-text input")).to_be_visible(timeout=30_000)
    press_and_move(one, 101)
    held = value(one)
    expect(other.locator(".widget-readout")).to_have_text(str(held))
    handle(other).press("ArrowRight")  # the other person does not wait
    one.mouse.up()
    for page in (one, other):
        expect(page.locator(".console", has_text=f"Python has {held + 1}")).to_be_visible()
        expect(page.locator(".widget-readout")).to_have_text(str(held + 1))
    field = one.locator(".widget-text input")
    field.fill("77")
    field.press("Enter")
    for page in (one, other):
        expect(page.locator(".widget-text input")).to_have_value("76")
    one.reload()
    expect(one.locator(".widget-text input")).to_have_value("76", timeout=30_000)


HUNDRED = """\
# %%
import ipywidgets as w
def controls(n):
    return [w.IntSlider(n, description=f"s{n}"), w.Dropdown(options=["a", "b"], description=f"d{n}"),
            w.Text(f"t{n}"), w.Checkbox(description=f"c{n}"), w.ToggleButtons(options=["x", "y"])]
all_of_them = [controls(n) for n in range(20)]
accordions = [
    w.Accordion([w.VBox(each) for each in all_of_them[n : n + 5]], titles=[f"part {k}" for k in range(n, n + 5)])
    for n in range(0, 20, 5)
]
tab = w.Tab(accordions, titles=[f"tab {n}" for n in range(4)])
tab
# %%
print("sum", sum(slider.value for slider, *_ in all_of_them), tab.selected_index)
"""


def test_a_hundred_controls_in_tabs_and_accordions(open_tab: Open) -> None:
    """All are there, by mouse and by keyboard, and after F5 the same ones are open."""
    page = open_tab(HUNDRED).page
    expect(page.get_by_role("tab", name="tab 3")).to_be_visible(timeout=30_000)
    page.get_by_role("tab", name="tab 3").click()
    expect(page.get_by_text("sum 190 3")).to_be_visible()
    page.get_by_text("part 17", exact=True).click()
    slider = page.get_by_role("slider").filter(visible=True)
    expect(slider).to_have_count(1)
    slider.press("ArrowRight")
    expect(page.get_by_text("sum 191 3")).to_be_visible()
    page.reload()
    expect(page.get_by_text("sum 191 3")).to_be_visible(timeout=30_000)
    expect(slider).to_have_count(1, timeout=30_000)
    expect(slider).to_have_attribute("aria-valuenow", re.compile(r"^18(\.0*)?$"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


TREE = """\
# %%
import ipywidgets as w
n = w.IntSlider(max=1000)
n
# %%
tree = w.Tab([w.HBox([w.IntSlider(n.value, max=1000), w.Text()]), w.Accordion([w.Dropdown(options="ab")])])
target = w.IntProgress(max=1000)
w.VBox([tree, target, w.interactive(lambda x: print("x is", x), x=(0, 9))])
# %%
link = w.jslink((tree.children[0].children[0], "value"), (target, "value"))
print("ran for", n.value)
"""


def test_many_runs_leave_nothing_in_the_page(open_tab: Open) -> None:
    """Promise 10: models, views, listeners, nodes; those of a tree with a link, an `interact` and an `Output`."""
    tab = open_tab(TREE)
    page = tab.page
    expect(page.get_by_text("ran for 0")).to_be_visible(timeout=30_000)
    counting = Counting(tab)

    def run(times: int) -> None:
        for _ in range(times):
            done = value(page) + 1
            handle(page).press("ArrowRight")
            expect(page.get_by_text(f"ran for {done}", exact=True)).to_be_visible()

    run(5)
    before, models = held(tab, counting), alive(tab)
    run(RUNS)
    assert alive(tab) == models
    now = held(tab, counting)
    # Each run makes some 150 nodes.
    assert now["Nodes"] - before["Nodes"] < RUNS // 3
    assert now["JSEventListeners"] - before["JSEventListeners"] < RUNS // 3


def held(tab: Tab, counting: Counting) -> dict[str, int]:
    """What Chromium holds, once nobody waits for a model any more, which takes two seconds at most."""
    tab.page.wait_for_timeout(2_500)
    return counting.metrics()


def alive(tab: Tab) -> int:
    """The models that were opened, less those that were closed."""
    methods = Counter(each["message"]["method"] for each in tab.lifecycles())
    return methods["open"] - methods["close"]
