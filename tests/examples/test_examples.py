"""The notebooks in `examples/`, and the demo, as their readers have them: run and edited, with mouse and keys."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect
from servers import serving
from tabs import Tab

from anyhost.cells.graph import Graph
from anyhost.cells.notes import notes_of
from anyhost.cells.reading import read_notebook
from anyhost.demo import NOTEBOOK

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = ["both_kinds", "explore", "fit_a_curve", "own_widget"]

Test = Callable[..., None]


def in_chromium(test: Test) -> Test:
    return pytest.mark.browser(pytest.mark.process(pytest.mark.xdist_group("examples")(test)))


# ---- As files


@pytest.mark.parametrize("name", NAMES)
def test_the_graph_has_nothing_to_say_about_the_cells(name: str) -> None:
    """No name is defined twice, and there is no cycle."""
    cells = [cell for cell in read_notebook(EXAMPLES / f"{name}.py").cells if cell.kind == "code"]
    graph = Graph.of({cell.cell_id: cell.source for cell in cells})
    assert notes_of(graph, {cell.cell_id: cell.number for cell in cells}) == {}


@pytest.mark.process
@pytest.mark.parametrize("name", NAMES)
def test_it_runs_as_a_script(name: str) -> None:
    command = [sys.executable, str(EXAMPLES / f"{name}.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


# ---- In a page


class Reader:
    """A notebook's file, and somebody's tab on it."""

    def __init__(self, path: Path, tab: Tab) -> None:
        self.path, self.tab, self.page = path, tab, tab.page
        self._known = 0
        self._sources = {cell.cell_id: cell.source for cell in read_notebook(path).cells}

    def settled(self) -> None:
        expect(self.page.locator(".status")).to_have_text("Ready", timeout=60_000)

    def printed(self, text: str) -> Locator:
        """What a cell printed that has this in it."""
        return self.page.locator(".console").filter(has_text=text)

    def ran(self) -> set[str]:
        """The cells that have run since this was asked last, once none has begun to for a moment."""
        begun, before = self._begun(), None
        while begun != before:
            self.page.wait_for_timeout(300)
            self.settled()
            begun, before = self._begun(), begun
        new = begun[self._known :]
        self._known = len(begun)
        return set(new)

    def _begun(self) -> list[str]:
        heard = [json.loads(frame) for frame in self.tab.received if isinstance(frame, str)]
        return [
            message["cell_id"]
            for message in heard
            if message["op"] == "cell-lifecycle" and message["message"]["method"] == "running"
        ]

    def cells(self, *texts: str) -> set[str]:
        """The cells with these texts in them, one each."""
        found = [[cell_id for cell_id, source in self._sources.items() if text in source] for text in texts]
        assert [len(ids) for ids in found] == [1] * len(texts)
        return {cell_id for (cell_id,) in found}

    def remember_views(self) -> None:
        self.page.evaluate("globalThis.views = [...document.querySelectorAll('any-view')]")

    def has_the_same_views(self) -> bool:
        """The elements are those that were remembered, in the same order."""
        same = "views.every((view, n) => view === document.querySelectorAll('any-view')[n])"
        return bool(self.page.evaluate(f"views.length > 0 && {same}"))

    def sees_the_app_and_goes_back(self) -> None:
        """In `edit`: the code is hidden and shown again, and no view is another element by it."""
        if self.page.locator(".cm-editor").count():
            self.page.keyboard.press("Control+.")
            expect(self.page.locator(".cm-editor:visible")).to_have_count(0)
            self.page.keyboard.press("Control+.")
            expect(self.page.locator(".cm-editor:visible").first).to_be_visible()
            assert self.has_the_same_views()

    def refreshes(self) -> None:
        self.page.reload()
        self.settled()


Open = Callable[..., Reader]

modes = pytest.mark.parametrize("mode", ["run", "edit"])


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Serves a copy of a notebook with what lies beside it. In the end no tab may have a complaint."""
    tabs: list[Tab] = []
    with ExitStack() as stack:

        def open_copy(notebook: Path, mode: str, *options: str) -> Reader:
            folder = tmp_path / "copy"
            shutil.copytree(notebook.parent, folder, ignore=shutil.ignore_patterns("__pycache__"))
            path = folder / notebook.name
            server = stack.enter_context(serving(mode, str(path), *options))
            context = browser.new_context(viewport={"width": 1000, "height": 1000})
            stack.callback(context.close)
            tabs.append(Tab(context, server.address))
            reader = Reader(path, tabs[-1])
            reader.settled()
            return reader

        yield open_copy
        complaints = [tab.complaints for tab in tabs]
    assert complaints == [[]] * len(tabs)


@in_chromium
@modes
def test_a_table_and_a_figure_share_one_selection(opened: Open, mode: str) -> None:
    reader = opened(EXAMPLES / "explore.py", mode)
    view = reader.page.locator("any-view").first
    plot = reader.page.locator(".js-plotly-plot")
    expect(view.get_by_text("330 rows")).to_be_visible()
    expect(plot.locator(".point")).to_have_count(330)
    reader.remember_views()
    reader.ran()

    reader.tab.drag(view.locator("rect.overlay").first, (10, 10), (60, 10))
    expect(plot.locator(".point")).not_to_have_count(330)
    expect(view.get_by_text("Reset")).to_be_visible()
    assert reader.ran() == reader.cells("chosen =", "figure.batch_update", "if box():")

    reader.tab.drag(plot.locator(".nsewdrag").first, (10, 10), (400, 250))
    expect(reader.printed("in the box")).to_be_visible()
    assert reader.ran() == reader.cells("if box():")
    assert reader.has_the_same_views()
    reader.sees_the_app_and_goes_back()

    reader.refreshes()
    expect(reader.printed("in the box")).to_be_visible()
    expect(plot.locator(".selectionlayer path").first).to_be_attached()  # kept by plotly, which tells nobody (M9)
    expect(plot.locator(".point")).to_have_count(330)  # quak keeps its filters in the page: it starts anew


@in_chromium
@modes
def test_a_curve_is_fitted_to_what_is_drawn(opened: Open, mode: str) -> None:
    reader = opened(EXAMPLES / "fit_a_curve.py", mode)
    reader.tab.allow('Expected length, "auto"')  # drawdata
    drawing = reader.page.locator("any-view").first
    expect(reader.printed("Draw a few points")).to_be_visible()
    reader.remember_views()
    reader.ran()

    readers = reader.cells("xs = np", "plt.show()", "fit = pd")
    reader.tab.drag(drawing.locator("svg[width]").last, (60, 200), (200, 60), (400, 200), (560, 100))
    expect(reader.page.get_by_role("img").or_(reader.page.locator(".output img")).first).to_be_visible()
    expect(reader.page.get_by_role("cell", name="3", exact=True)).to_be_visible()
    assert reader.ran() == readers

    degree = reader.page.get_by_text("powers of x").last
    reader.tab.drag(degree, (10, 8), (16, 8))
    expect(degree).not_to_have_text("3 powers of x")
    assert reader.ran() == readers
    assert reader.has_the_same_views()
    reader.sees_the_app_and_goes_back()

    said = degree.inner_text()
    reader.refreshes()
    expect(degree).to_have_text(said)
    expect(reader.page.get_by_role("cell", name=said.split()[0], exact=True)).to_be_visible()
    assert reader.ran() == set()


@in_chromium
@modes
def test_a_widget_of_ones_own_is_turned_and_changed_while_it_lives(opened: Open, mode: str) -> None:
    reader = opened(EXAMPLES / "own_widget.py", mode, *(["--reload"] if mode == "run" else []))
    dial = reader.page.get_by_role("slider", name="hue")
    expect(reader.printed("hsl(180 60% 45%)")).to_be_visible()
    reader.remember_views()
    reader.ran()

    reader.tab.drag(dial, (40, 40), (90, 40))
    expect(reader.printed("hsl(270 60% 45%)")).to_be_visible()
    reader.page.get_by_role("slider", name="light").press("PageUp")
    expect(reader.printed("hsl(270 60% 55%)")).to_be_visible()
    assert reader.ran() == reader.cells("HTML(", "print(")
    assert reader.has_the_same_views()
    reader.sees_the_app_and_goes_back()

    code = reader.path.with_name("dial.js")
    code.write_text(code.read_text().replace('class="dial-label">', 'class="dial-label" title="new">'))
    expect(dial.locator("[title=new]")).to_have_text("hue")
    expect(dial).to_have_attribute("aria-valuenow", "75")
    style = reader.path.with_name("dial.css")
    style.write_text(style.read_text().replace("#0d9488", "rgb(200, 0, 100)"))
    expect(dial.locator(".dial-value")).to_have_css("stroke", "rgb(200, 0, 100)")
    reader.tab.allow("SyntaxError", "dial.js")
    code.write_text(code.read_text() + "\n}")
    expect(reader.page.get_by_text("SyntaxError").first).to_be_visible()
    dial.press("ArrowRight")
    expect(reader.printed("hsl(277 60% 55%)")).to_be_visible()  # the old one goes on
    assert reader.has_the_same_views()


@in_chromium
@modes
def test_classic_widgets_and_anywidgets_are_one(opened: Open, mode: str) -> None:
    reader = opened(EXAMPLES / "both_kinds.py", mode)
    page = reader.page
    across, _up, phase = (page.get_by_role("slider").nth(number) for number in range(3))
    expect(reader.printed("3 : 2, 90°, 0.90 wide")).to_be_visible()
    curve = page.locator(".bqplot path.line").first
    drawn = curve.get_attribute("d")
    reader.remember_views()
    reader.ran()

    across.press("ArrowRight")
    expect(reader.printed("4 : 2, 90°")).to_be_visible()
    expect(curve).not_to_have_attribute("d", str(drawn))
    assert reader.ran() == reader.cells("np.linspace(", "if line is not None", "} points")

    # Linked in the page: the anywidget to the bar, the play button to the slider.
    reader.tab.drag(page.locator("any-view canvas").first, (180, 20), (100, 100))
    expect(reader.printed("0.54 wide")).to_be_visible()
    expect(page.locator(".progress-bar[style*='width: 54']")).to_have_count(1)
    page.locator(".widget-play button").first.click()
    expect(phase).not_to_have_attribute("aria-valuenow", "90.0")
    page.locator(".widget-play button").first.click()
    reader.settled()

    page.get_by_role("tab", name="interact").click()
    picture = page.locator(".anyhost-outputs img")
    before = picture.get_attribute("src")
    page.get_by_role("slider").filter(visible=True).last.press("ArrowRight")
    expect(picture).not_to_have_attribute("src", str(before))
    page.get_by_role("tab", name="log").click()
    expect(page.get_by_text("across: 3 → 4")).to_be_visible()
    assert reader.has_the_same_views()
    reader.sees_the_app_and_goes_back()

    reader.tab.allow("A negative value is not valid")  # bqplot, drawn anew in a tab that is closed
    reader.refreshes()
    expect(reader.printed("4 : 2")).to_be_visible()
    expect(page.get_by_text("across: 3 → 4")).to_be_visible()
    page.get_by_role("tab", name="bqplot").click()
    expect(curve).to_be_visible()


@in_chromium
def test_the_demo_is_edited(opened: Open) -> None:
    reader = opened(NOTEBOOK, "edit")
    reader.tab.allow('Expected length, "auto"')  # drawdata
    expect(reader.printed("6,144 rows")).to_be_visible()
    reader.page.locator(".demo-wave .crest").scroll_into_view_if_needed()
    reader.remember_views()
    reader.ran()
    reader.page.locator(".demo-wave .crest").press("ArrowRight")
    expect(reader.printed("wavelength = 14.2")).to_be_visible()
    assert reader.ran() == reader.cells('print(f"wave.wavelength', "_started =", "figure.data[0].y =")
    reader.sees_the_app_and_goes_back()
    reader.refreshes()
    expect(reader.printed("wavelength = 14.2")).to_be_visible()
