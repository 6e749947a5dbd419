"""The edit page, as a person uses it: with keys and pointer, on a real file, with a real kernel."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Literal

import psutil
import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from servers import Server, serving
from tabs import Tab

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("edit page")]

SLIDER = """\
import anywidget, traitlets

class Slider(anywidget.AnyWidget):
    _esm = '''export default {
      initialize() { globalThis.initialized = (globalThis.initialized ?? 0) + 1; },
      render({ model, el }) {
        const input = document.createElement("input");
        input.type = "range";
        const draw = () => { input.value = model.get("value"); };
        input.oninput = () => { model.set("value", input.valueAsNumber); model.save_changes(); };
        model.on("change:value", draw);
        draw();
        el.append(input);
      },
    };'''
    value = traitlets.Int(5).tag(sync=True)
    other = traitlets.Int(1).tag(sync=True)
"""


class Notebook:
    """A file, the server that edits it, and a tab on it."""

    def __init__(self, path: Path, server: Server, tab: Tab) -> None:
        self.path, self.server, self.tab = path, server, tab
        self.page: Page = tab.page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    @property
    def cells(self) -> Locator:
        return self.page.locator(".edit-cell")

    def cell(self, number: int) -> Locator:
        """By its number, from 1."""
        return self.cells.nth(number - 1)

    def outputs(self, number: int) -> Locator:
        return self.cell(number).locator(".output")

    def editor(self, number: int) -> Locator:
        return self.cell(number).locator(".cm-content")

    def on_cell(self, number: int) -> None:
        """The focus is on the cell itself: keys are commands."""
        self.cell(number).focus()

    def write(self, number: int, text: str) -> None:
        """Replace the text of a cell by typing. What brackets close by themselves is typed over."""
        self.editor(number).click()
        self.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(text)

    def settled(self) -> None:
        """Everything has run, and the file has what the page has."""
        expect(self.page.locator(".status")).to_have_text("Ready", timeout=30_000)
        expect(self.page.locator(".file-state")).to_have_text("Saved", timeout=10_000)

    def has_written(self, text: str) -> None:
        """The file has this text, soon."""
        for _look in range(100):
            if text in self.path.read_text():
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"expected {text!r} in the file, got {self.path.read_text()!r}")

    def hears(self, text: str) -> None:
        """The page is sent a message with this text in it, or was."""
        for _look in range(200):
            if any(text in frame for frame in self.tab.received if isinstance(frame, str)):
                return
            self.page.wait_for_timeout(20)
        raise AssertionError(f"expected a message with {text!r}, got none")

    def sources(self) -> list[str]:
        return [str(text) for text in self.page.evaluate(_SOURCES)]


_SOURCES = """() => [...document.querySelectorAll(".edit-cell")].map((cell) => {
  const lines = [...cell.querySelectorAll(".cm-line")].map((line) => line.textContent);
  return lines.length ? lines.join("\\n") : cell.querySelector(".code-text")?.textContent.trim() ?? "";
})"""

Write = Callable[..., Notebook]


@pytest.fixture
def write(browser: Browser, tmp_path: Path) -> Iterator[Write]:
    """Makes a file of these cells, and opens it. In the end no tab may have a complaint that it was not allowed."""
    tabs: list[Tab] = []
    with ExitStack() as stack:

        def open_cells(*cells: str, settle: bool = True) -> Notebook:
            path = tmp_path / "notebook.py"
            path.write_text("\n\n".join(f"# %%\n{cell}" for cell in cells) + "\n")
            server = stack.enter_context(serving("edit", str(path)))
            context = browser.new_context(viewport={"width": 1000, "height": 900})
            stack.callback(context.close)
            tabs.append(Tab(context, server.address))
            notebook = Notebook(path, server, tabs[-1])
            if settle:
                notebook.settled()
            return notebook

        yield open_cells
        complaints = [tab.complaints for tab in tabs]
    assert complaints == [[]] * len(tabs)


def test_what_is_typed_runs_and_what_depends_on_it_follows(write: Write) -> None:
    notebook = write("base = 1", "print('base is', base)", "print('apart')")
    expect(notebook.outputs(2)).to_have_text("base is 1")
    notebook.write(1, "base = 20")
    expect(notebook.cell(1)).to_have_attribute("data-stale", "true")
    notebook.press("Shift+Enter")
    expect(notebook.outputs(2)).to_have_text("base is 20")
    expect(notebook.cell(1)).not_to_have_attribute("data-stale", "true")
    expect(notebook.cell(2)).to_be_focused()
    notebook.has_written("base = 20\n")


def test_a_slider_runs_exactly_its_readers_and_keeps_its_view(write: Write) -> None:
    notebook = write(
        SLIDER,
        "runs = dict.fromkeys('abc', 0)\nslider = Slider()\nslider",
        "runs['a'] += 1; print('value', slider.value, 'run', runs['a'])",
        "runs['b'] += 1; print('other', slider.other, 'run', runs['b'])",
    )
    place = notebook.cell(2).locator("input[type=range]")
    place.evaluate("input => { input.dataset.mark = 'same' }")
    place.focus()
    notebook.press("ArrowRight")
    expect(notebook.outputs(3)).to_have_text("value 6 run 2")
    expect(notebook.outputs(4)).to_have_text("other 1 run 1")
    expect(place).to_have_attribute("data-mark", "same")
    expect(place).to_be_focused()


def test_what_follows_a_slider_neither_flickers_nor_jumps(write: Write) -> None:
    """What an earlier run showed stays until the new one of its kind can be painted."""
    notebook = write(
        SLIDER,
        "slider = Slider()\nslider",
        "import time\nimport matplotlib.pyplot as plt\n"
        "print('value', slider.value)\ntime.sleep(0.05)\n"
        "plt.plot([0, slider.value])\nplt.show()\nprint('after')",
    )
    expect(notebook.outputs(3)).to_have_count(3)
    expect(notebook.cell(3).locator("img")).to_be_visible()
    notebook.page.evaluate(_WATCH_HEIGHT)
    notebook.cell(2).locator("input[type=range]").focus()
    for _step in range(5):
        notebook.press("ArrowRight")
        notebook.page.wait_for_timeout(150)
    expect(notebook.outputs(3).first).to_have_text("value 10")
    notebook.settled()
    assert notebook.page.evaluate("globalThis.heights.size") == 1


_WATCH_HEIGHT = """() => {
  const cell = document.querySelectorAll(".edit-cell")[2];
  globalThis.heights = new Set();
  const look = () => { heights.add(Math.round(cell.getBoundingClientRect().height)); requestAnimationFrame(look); };
  look();
}"""


def test_the_last_cell_grows_another_and_typing_goes_on(write: Write) -> None:
    notebook = write("1 + 1")
    notebook.on_cell(1)
    notebook.press("Shift+Enter")
    expect(notebook.cells).to_have_count(2)
    expect(notebook.editor(2)).to_be_focused()
    notebook.page.keyboard.type("2 + 2")
    notebook.press("Shift+Enter")
    expect(notebook.outputs(2)).to_have_text("4")
    notebook.settled()
    assert notebook.path.read_text().count("# %%") == 3


def test_command_mode_adds_moves_and_deletes_and_undo_brings_back(write: Write) -> None:
    notebook = write("one = 1", "two = 2", "three = 3")
    notebook.on_cell(2)
    notebook.press("d", "d")
    expect(notebook.cells).to_have_count(2)
    expect(notebook.page.get_by_text("Cell deleted")).to_be_visible()
    notebook.press("Control+z")
    expect(notebook.cells).to_have_count(3)
    assert notebook.sources() == ["one = 1", "two = 2", "three = 3"]
    notebook.press("Alt+ArrowUp")
    expect(notebook.cell(1)).to_be_focused()
    assert notebook.sources() == ["two = 2", "one = 1", "three = 3"]
    notebook.press("b", "Enter")
    notebook.page.keyboard.type("new = 4")
    notebook.press("Escape", "j", "j")
    expect(notebook.cell(4)).to_be_focused()
    notebook.press("Control+s")
    notebook.settled()
    written = [line for line in notebook.path.read_text().splitlines() if " = " in line]
    assert written == ["two = 2", "new = 4", "one = 1", "three = 3"]


def test_undo_in_a_text_is_the_texts_own(write: Write) -> None:
    notebook = write("one = 1", "two = 2")
    notebook.on_cell(2)
    notebook.press("d", "d")
    expect(notebook.cells).to_have_count(1)
    notebook.write(1, "one = 11")
    notebook.press("Control+z")
    expect(notebook.editor(1)).to_have_text("one = 1")
    expect(notebook.cells).to_have_count(1)


def test_markdown_is_written_shown_and_written_again(write: Write) -> None:
    notebook = write("x = 1")
    notebook.on_cell(1)
    notebook.press("b", "m", "Enter")
    notebook.page.keyboard.type("# Title")
    notebook.press("Shift+Enter")
    heading = notebook.cell(2).get_by_role("heading", name="Title")
    expect(heading).to_be_visible()
    expect(notebook.editor(2)).to_have_count(0)
    heading.dblclick()
    expect(notebook.editor(2)).to_be_focused()
    notebook.press("End")
    notebook.page.keyboard.type(" two")
    notebook.press("Control+Enter")
    expect(notebook.cell(2).get_by_role("heading", name="Title two")).to_be_visible()
    notebook.has_written("# %% [markdown]\n# # Title two\n")


def test_the_live_kernel_completes(write: Write) -> None:
    notebook = write("import types\nthing = types.SimpleNamespace(alpha_one=1, alpha_two=2)", "")
    notebook.editor(2).click()
    notebook.page.keyboard.type("x = '😀'; thing.al")
    choices = notebook.page.locator(".cm-tooltip-autocomplete li")
    expect(choices).to_have_count(2)
    expect(choices.first).to_contain_text("alpha_one")
    notebook.page.wait_for_timeout(100)  # CodeMirror takes no Enter for a list that has only just come
    notebook.press("ArrowDown", "Enter")
    expect(notebook.editor(2)).to_have_text("x = '😀'; thing.alpha_two")


def test_a_list_that_is_asked_for_does_not_open_where_the_cell_was_left(write: Write) -> None:
    notebook = write("", "value = 1")
    notebook.editor(1).click()
    notebook.page.keyboard.type("other = value")
    notebook.press("Shift+Enter")
    notebook.editor(2).click()
    notebook.press("End")
    notebook.page.keyboard.type("; val")
    lists = notebook.page.locator(".cm-tooltip-autocomplete")
    expect(lists.last).to_contain_text("value")
    expect(lists).to_have_count(1)  # Python answers in order


def test_an_error_says_where_and_takes_the_cursor_there(write: Write) -> None:
    notebook = write("x = 1\n\n1 / 0", "print('goes on')")
    error = notebook.outputs(1)
    expect(error).to_contain_text("ZeroDivisionError")
    expect(notebook.outputs(2)).to_have_text("goes on")
    expect(notebook.cell(1)).to_have_attribute("aria-label", "Cell 1, code, error")
    error.get_by_role("button", name="line 3", exact=True).click()
    expect(notebook.editor(1)).to_be_focused()
    notebook.press("End")
    notebook.page.keyboard.type("0")
    expect(notebook.editor(1)).to_contain_text("1 / 00")


def test_a_traceback_leads_into_the_other_cells(write: Write) -> None:
    notebook = write("def fail(x):\n    return 1 / x", "fail(0)")
    notebook.outputs(2).get_by_role("button", name="cell 1, line 2").click()
    expect(notebook.editor(1)).to_be_focused()
    notebook.press("End")
    notebook.page.keyboard.type(" + 0")
    expect(notebook.editor(1)).to_contain_text("1 / x + 0")


def test_a_traceback_leads_there_also_when_cells_have_moved(write: Write) -> None:
    notebook = write("def fail(x):\n    return 1 / x", "fail(0)")
    notebook.on_cell(1)
    notebook.press("a")  # a new cell above both
    expect(notebook.cells).to_have_count(3)
    notebook.outputs(3).get_by_role("button", name="cell 1, line 2").click()
    expect(notebook.editor(2)).to_be_focused()
    notebook.press("Shift+Enter")
    notebook.on_cell(3)
    notebook.press("Control+Enter")
    expect(notebook.outputs(3).get_by_role("button", name="cell 2, line 2")).to_be_visible()


def test_what_an_error_says_is_said_once(write: Write) -> None:
    """Not by a note, a title and the end of a traceback."""
    notebook = write("print(", "one = two + 1", "two = one + 1", "raise ValueError('un' + 'lucky')")
    words = {1: "was never closed", 2: "depend on each other", 4: "unlucky"}
    for number, text in words.items():
        expect(notebook.outputs(number)).to_contain_text(text)
    assert [notebook.cell(number).inner_text().count(text) for number, text in words.items()] == [1, 1, 1]
    notebook.outputs(2).get_by_role("button", name="3", exact=True).first.click()
    expect(notebook.cell(3)).to_be_focused()
    notebook.write(1, "print('closed')")
    notebook.write(3, "two = 1")
    notebook.press("Shift+Enter")
    expect(notebook.cell(2).locator(".cell-notes")).to_contain_text("defined below")  # a note that no error says


def test_a_note_leads_to_the_cell_that_it_names(write: Write) -> None:
    notebook = write("df = 1", "df = df + 2")
    notebook.cell(1).locator(".cell-notes").get_by_role("button", name="2").click()
    expect(notebook.cell(2)).to_be_focused()


def test_an_error_in_a_callback_is_shown_at_its_owner(write: Write) -> None:
    """Promise 9: also what it prints is there, and marked."""
    notebook = write(
        SLIDER,
        "slider = Slider()\n"
        "def moved(change):\n    print('moved to', change.new)\n    raise ValueError('no')\n"
        "slider.observe(moved, 'value')\nslider",
        "print('value', slider.value)",
    )
    notebook.tab.allow("ValueError: no")
    notebook.cell(2).locator("input[type=range]").focus()
    notebook.press("ArrowRight")
    expect(notebook.cell(2).locator(".error")).to_contain_text("ValueError: no")
    expect(notebook.cell(2).locator(".error")).to_contain_text("in a callback, line 4")
    expect(notebook.cell(2).locator(".console")).to_contain_text("from a callback")
    expect(notebook.outputs(3)).to_have_text("value 6")
    expect(notebook.page.locator(".notice")).to_have_count(0)  # once is enough


def test_a_drag_over_a_slow_cell_ends_with_the_last_value(write: Write) -> None:
    """Queued runs are merged: a drag never queues more than one behind the one that runs."""
    notebook = write(
        SLIDER,
        "runs = [0]\nslider = Slider()\nslider",
        "import time\nruns[0] += 1\ntime.sleep(0.2)\nprint('value', slider.value, 'runs', runs[0])",
    )
    place = notebook.cell(2).locator("input[type=range]")
    place.focus()
    for _step in range(40):
        notebook.press("ArrowRight")
    expect(notebook.outputs(3)).to_contain_text("value 45", timeout=20_000)
    notebook.settled()
    runs = re.search(r"runs (\d+)", notebook.outputs(3).inner_text())
    assert runs and int(runs[1]) < 20


def test_interrupting_and_restarting_by_keys(write: Write) -> None:
    notebook = write("marker = 1", "print(marker)")
    notebook.write(2, "import time\nprint('began')\ntime.sleep(60)")
    notebook.press("Control+Enter")
    expect(notebook.outputs(2)).to_have_text("began")
    notebook.press("Escape", "i", "i")
    expect(notebook.cell(2)).to_have_attribute("data-phase", "interrupted", timeout=10_000)
    notebook.write(2, "print(marker + 1)")
    notebook.press("Escape", "0", "0")
    dialog = notebook.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Your code is kept")
    dialog.get_by_role("button", name="Restart").click()
    expect(notebook.cell(2)).to_have_attribute("data-phase", "ok", timeout=30_000)
    expect(notebook.outputs(2)).to_have_text("2")


WIDGETS = (
    "import jscatter, numpy, pandas, plotly.graph_objects as go, quak\n"
    "random = numpy.random.default_rng(1)\n"
    "df = pandas.DataFrame({'x': random.random(200), 'y': random.random(200)})",
    "figure = go.FigureWidget(data=[go.Scatter(x=[1, 2, 3], y=[3, 1, 2])])\nfigure",
    "table = quak.Widget(df)\ntable",
    "scatter = jscatter.Scatter(data=df, x='x', y='y').widget\nscatter",
)


def test_the_app_view_moves_nothing_and_loses_nothing(write: Write) -> None:
    """Not an element is made, taken out or put elsewhere; what was zoomed, sorted and drawn is as it was."""
    notebook = write(*WIDGETS)
    page = notebook.page
    expect(notebook.cell(2).locator(".js-plotly-plot .point").first).to_be_visible(timeout=60_000)
    expect(notebook.cell(3).locator("any-view")).to_contain_text("200", timeout=30_000)
    canvas = notebook.cell(4).locator("canvas").first
    expect(canvas).to_be_visible(timeout=30_000)
    plot = notebook.tab.settled(notebook.cell(2).locator(".js-plotly-plot"))
    points = notebook.tab.settled(canvas)
    page.evaluate(_WATCH)
    page.keyboard.press("Control+.")
    expect(page.locator(".cm-editor:visible")).to_have_count(0)
    expect(canvas).to_be_visible()
    page.get_by_role("button", name="Edit", exact=True).click()
    expect(page.locator(".cm-editor:visible").first).to_be_visible()
    assert page.evaluate("globalThis.changed") == []
    assert page.evaluate("[...document.querySelectorAll('any-view')].every((view, n) => view === views[n])")
    page.mouse.move(0, 0)
    assert notebook.tab.settled(notebook.cell(2).locator(".js-plotly-plot")).difference(plot) == 0
    assert notebook.tab.settled(canvas).difference(points) == 0


_WATCH = """() => {
  globalThis.views = [...document.querySelectorAll("any-view")];
  globalThis.changed = [];
  const watch = new MutationObserver((records) => {
    for (const { target, removedNodes, addedNodes } of records)
      changed.push([target.nodeName, target.className, removedNodes.length, addedNodes.length]);
  });
  for (const view of views) {
    watch.observe(view, { childList: true, subtree: true });
    watch.observe(view.parentElement, { childList: true });
  }
  for (const cell of document.querySelectorAll(".edit-cell")) watch.observe(cell.parentElement, { childList: true });
}"""


def test_a_moved_cell_keeps_its_widget(write: Write) -> None:
    notebook = write(SLIDER, "slider = Slider()\nslider", "x = 1")
    place = notebook.cell(2).locator("input[type=range]")
    place.evaluate("input => { input.dataset.mark = 'same' }")
    notebook.on_cell(2)
    notebook.press("Alt+ArrowDown")
    expect(notebook.cell(3).locator("input[type=range]")).to_have_attribute("data-mark", "same")
    assert notebook.page.evaluate("initialized") == 1


def test_a_widgets_file_is_saved_while_its_notebook_is_edited(write: Write, tmp_path: Path) -> None:
    """K1: new code in place, with its state; and what is half typed stays as it is."""
    code = "export default { render({ model, el }) { el.textContent = `VERSION ${model.get('count')}`; } };"
    (tmp_path / "counter.js").write_text(code.replace("VERSION", "one"))
    notebook = write(
        "import anywidget, pathlib, traitlets\n"
        "class Counter(anywidget.AnyWidget):\n"
        "    _esm = pathlib.Path('counter.js')\n"
        "    count = traitlets.Int(3).tag(sync=True)",
        "counter = Counter()\ncounter",
    )
    expect(notebook.cell(2).locator("any-view")).to_have_text("one 3")
    notebook.editor(2).click()
    notebook.press("ControlOrMeta+End")
    notebook.page.keyboard.type("  # half ty")
    (tmp_path / "counter.js").write_text(code.replace("VERSION", "two"))
    expect(notebook.cell(2).locator("any-view")).to_have_text("two 3")
    notebook.page.keyboard.type("ped")
    expect(notebook.editor(2)).to_contain_text("counter  # half typed")


def test_what_is_written_without_a_connection_arrives_when_it_is_back(write: Write) -> None:
    """Promise 7. It is seen at once."""
    notebook = write("x = 1", "print(x)")
    notebook.tab.allow("WebSocket")
    expect(notebook.editor(1)).to_be_visible()
    notebook.page.context.set_offline(True)
    notebook.page.evaluate("globalThis.dispatchEvent(new Event('offline'))")
    notebook.write(1, "x = 2")
    notebook.press("Shift+Enter", "b")
    expect(notebook.cells).to_have_count(3)
    expect(notebook.cell(1)).to_have_attribute("data-phase", re.compile("queued|ok"))
    notebook.page.context.set_offline(False)
    expect(notebook.outputs(2)).to_have_text("2", timeout=20_000)
    notebook.settled()
    assert notebook.path.read_text().count("# %%") == 3


def test_a_thousand_cells_open_quickly(write: Write) -> None:
    """Editors are made where someone looks; code is readable everywhere at once."""
    notebook = write(*[f"x{number} = {number}  # cell" for number in range(1, 1001)], settle=False)
    expect(notebook.cell(1000)).to_contain_text("x1000 = 1000", timeout=20_000)
    expect(notebook.editor(1)).to_be_visible()
    notebook.page.wait_for_timeout(300)  # editors that nobody asked for would be made in this time
    assert notebook.page.locator(".cm-editor").count() < 60
    notebook.cell(1000).scroll_into_view_if_needed()
    notebook.write(1000, "x1000 = 'the last'")
    notebook.has_written("x1000 = 'the last'")


def test_f5_keeps_everything(write: Write) -> None:
    notebook = write(SLIDER, "slider = Slider()\nslider", "print('value', slider.value)", "1 / 0")
    notebook.cell(2).locator("input[type=range]").focus()
    notebook.press("ArrowRight")
    expect(notebook.outputs(3)).to_have_text("value 6")
    notebook.write(3, "print('value is', slider.value)")  # and not run: its text goes out as the page does
    notebook.page.reload()
    expect(notebook.editor(3)).to_have_text("print('value is', slider.value)", timeout=10_000)
    expect(notebook.cell(3)).to_have_attribute("data-stale", "true")
    expect(notebook.cell(2).locator("input[type=range]")).to_have_value("6")
    expect(notebook.cell(4)).to_have_attribute("data-phase", "error")
    expect(notebook.outputs(4)).to_contain_text("ZeroDivisionError")


def test_a_killed_kernel_keeps_the_edits(write: Write) -> None:
    notebook = write("import os\nprint(os.getpid())", "y = 1")
    psutil.Process(int(notebook.outputs(1).inner_text())).kill()
    expect(notebook.page.get_by_text("Python has stopped.").first).to_be_visible(timeout=10_000)
    notebook.write(2, "y = 'written while Python was dead'")
    notebook.has_written("written while Python was dead")
    notebook.page.get_by_role("button", name="Restart").click()
    expect(notebook.page.locator(".status")).to_have_text("Ready", timeout=30_000)
    assert notebook.sources()[1] == "y = 'written while Python was dead'"


def test_to_run_a_cell_where_python_has_stopped_is_to_start_it(write: Write) -> None:
    notebook = write("import os\nprint(os.getpid())", "print('here')")
    psutil.Process(int(notebook.outputs(1).inner_text())).kill()
    expect(notebook.page.get_by_text("Python has stopped.").first).to_be_visible(timeout=10_000)
    notebook.write(2, "print('again')")
    notebook.press("Shift+Enter")
    dialog = notebook.page.get_by_role("dialog", name="Python has stopped. Start it again?")
    expect(dialog.get_by_role("button", name="Start Python")).to_be_focused()
    notebook.press("Enter")
    expect(notebook.outputs(2)).to_have_text("again", timeout=30_000)
    expect(notebook.cells).to_have_count(2)


def test_two_pages_see_each_others_edits_and_keep_their_cursors(write: Write) -> None:
    notebook = write("first = 1\nlast = 2")
    with notebook.page.context.browser.new_context() as context:  # type: ignore[union-attr]
        other = Notebook(notebook.path, notebook.server, Tab(context, notebook.server.address))
        other.settled()
        other.editor(1).click()
        other.press("ControlOrMeta+End")
        notebook.editor(1).click()
        notebook.press("ControlOrMeta+Home")
        notebook.page.keyboard.type("# hello\n")
        expect(other.editor(1)).to_contain_text("# hello")
        other.page.keyboard.type("2")
        expect(notebook.editor(1)).to_contain_text("last = 22")
        notebook.press("Control+z", "Control+z")  # one's own: the end of the line, and the line
        expect(notebook.editor(1)).not_to_contain_text("# hello")
        expect(other.editor(1)).not_to_contain_text("# hello")
        expect(notebook.editor(1)).to_contain_text("last = 22")
        notebook.press("Escape", "b")
        expect(other.cells).to_have_count(2)


def test_a_file_changed_by_another_program(write: Write) -> None:
    notebook = write("x = 1", "print(x)")
    notebook.path.write_text(notebook.path.read_text().replace("x = 1", "x = 100"))
    expect(notebook.editor(1)).to_have_text("x = 100", timeout=10_000)
    expect(notebook.cell(1)).to_have_attribute("data-stale", "true")
    notebook.page.get_by_role("button", name=re.compile("Run stale")).click()
    expect(notebook.outputs(2)).to_have_text("100")


@pytest.mark.parametrize(("choice", "kept"), [("Keep my edits", "x = 'mine'"), ("Take the file", "x = 'theirs'")])
def test_where_both_changed_the_same_cell_one_is_asked(write: Write, choice: str, kept: str) -> None:
    notebook = write("x = 1", "print(x)")
    notebook.write(1, "x = 'mine'")
    notebook.hears('"op":"notebook-ack"')  # the server has it; the file has not, for a second
    notebook.path.write_text(notebook.path.read_text().replace("x = 1", "x = 'theirs'"))
    difference = notebook.page.get_by_role("region", name="Cell 1", exact=True)
    expect(difference.locator("mark")).to_have_text(["x = 'mine'\n", "x = 'theirs'\n"])
    notebook.page.get_by_role("button", name=choice).click()
    expect(notebook.editor(1)).to_have_text(kept)
    notebook.has_written(kept)
    expect(notebook.page.get_by_role("button", name=choice)).to_have_count(0)


def test_of_a_conflict_each_cell_can_be_settled_by_itself(write: Write) -> None:
    notebook = write("x = 1", "print(x)")
    notebook.write(1, "x = 'mine'")
    notebook.hears('"op":"notebook-ack"')
    notebook.path.write_text(notebook.path.read_text().replace("x = 1", "x = 'theirs'"))
    notebook.page.get_by_role("button", name="Use the file's text here").click()
    expect(notebook.editor(1)).to_have_text("x = 'theirs'")
    expect(notebook.page.locator(".differences")).to_contain_text("No cells differ")
    notebook.page.get_by_role("button", name="Keep my edits").click()
    notebook.settled()
    assert "x = 'theirs'" in notebook.path.read_text()


def test_what_is_done_while_the_server_is_away_is_done_with_the_next_one(browser: Browser, tmp_path: Path) -> None:
    """Promise 7, and what could not be kept is said: the new session knows nothing of the values before it."""
    path = tmp_path / "notebook.py"
    path.write_text("# %%\nx = 1\n\n# %%\nprint(x)\n\n# %%\ngone = 3\n")
    with browser.new_context() as context:
        with serving("edit", str(path)) as server:
            notebook = Notebook(path, server, Tab(context, server.address))
            notebook.settled()
        expect(notebook.page.locator(".status")).to_have_text("Reconnecting…", timeout=20_000)
        notebook.write(1, "x = 2")
        notebook.press("Control+Enter")  # whether the next session begins before it hears of the edit is open
        notebook.on_cell(3)
        notebook.press("d", "d", "b")
        notebook.write(3, "print('new', x)")
        notebook.press("Control+Enter")
        assert "x = 1" in path.read_text()
        port = int(server.address.strip("/").rpartition(":")[2])
        with serving("edit", str(path), port=port):
            expect(notebook.outputs(3)).to_have_text("new 2", timeout=40_000)
            expect(notebook.page.locator(".notice")).to_contain_text("The notebook was started again")
            expect(notebook.page.locator(".notice")).to_contain_text("The code is kept.")
            notebook.settled()
            assert path.read_text() == "# %%\nx = 2\n\n# %%\nprint(x)\n\n# %%\nprint('new', x)\n"


@pytest.mark.parametrize("width", [360, 700])
def test_in_a_narrow_window_the_tools_cover_nothing(write: Write, width: int) -> None:
    notebook = write("print('one')", "print('two')", *["print('more')"] * 20)
    notebook.page.set_viewport_size({"width": width, "height": 700})
    notebook.cell(22).locator(".cell-source").click()
    tools = notebook.cell(22).locator(".cell-tools")
    notebook.page.mouse.wheel(0, 10_000)
    expect(tools).to_be_visible()
    bar = tools.bounding_box()
    last = notebook.page.locator(".add-row").bounding_box()
    assert bar and last
    assert bar["y"] + bar["height"] == 700  # at the foot of the window
    assert last["y"] + last["height"] <= bar["y"]  # where the page ends above it
    expect(notebook.page.locator(".cell-tools:visible")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_a_traceback_marks_can_be_read(write: Write, scheme: Literal["light", "dark"]) -> None:
    """IPython asks for black on yellow: WCAG wants a contrast of 4.5."""
    notebook = write("{'a': 1}['b'] + 1")
    notebook.page.emulate_media(color_scheme=scheme)
    marked = notebook.outputs(1).locator(".traceback span[style*=background]").first
    assert marked.evaluate(_CONTRAST) >= 4.5
    coloured = notebook.outputs(1).locator(".traceback span[style*=color]").all()
    assert all(each.evaluate(_CONTRAST) >= 3 for each in coloured if each.inner_text().strip())


_CONTRAST = """(el) => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const paint = (colour) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
  };
  const grounds = [];
  for (let each = el; each; each = each.parentElement) grounds.unshift(getComputedStyle(each).backgroundColor);
  const luminance = () => {
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) => {
      const part = value / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  grounds.forEach(paint);
  const ground = luminance();
  paint(getComputedStyle(el).color);
  const text = luminance();
  return (Math.max(ground, text) + 0.05) / (Math.min(ground, text) + 0.05);
}"""


def test_tab_goes_by_and_changes_no_text(write: Write) -> None:
    """Who explores with the keyboard gets through the page; the way into a text is Enter."""
    notebook = write("x = 1", SLIDER + "slider = Slider()\nslider", "y = 2")
    notebook.on_cell(1)
    seen = set()
    for _step in range(16):
        notebook.press("Tab")
        seen.add(notebook.page.evaluate("document.activeElement.tagName + ' ' + document.activeElement.className"))
    assert not any("cm-content" in each for each in seen)
    assert {"BUTTON tool", "INPUT ", "BUTTON add"} <= seen
    assert notebook.sources()[0] == "x = 1"
    expect(notebook.page.locator(".file-state")).to_have_text("Saved")
    notebook.on_cell(3)
    notebook.press("Enter")
    expect(notebook.editor(3)).to_be_focused()


def test_the_list_of_shortcuts(write: Write) -> None:
    notebook = write("x = 1")
    notebook.on_cell(1)
    notebook.press("?")
    dialog = notebook.page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_contain_text("Run, and go to the next cell")
    notebook.press("Escape")
    expect(dialog).to_have_count(0)
    expect(notebook.cell(1)).to_be_focused()
