"""`anyhost dev`: what a widget's author sees beside the widget."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from servers import serving
from tabs import Tab

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("dev page")]

MODULE = """\
import anywidget, pathlib, traitlets

class Counter(anywidget.AnyWidget):
    _esm = pathlib.Path(__file__).parent / "counter.js"
    count = traitlets.Int(3).tag(sync=True)
    label = traitlets.Unicode("hello").tag(sync=True)

    @traitlets.validate("count")
    def _clamp(self, proposal):
        return min(10, proposal["value"])

class Needy(anywidget.AnyWidget):
    def __init__(self, path):
        super().__init__()
"""

CODE = """\
export default {
  render({ model, el }) {
    const button = document.createElement("button");
    const draw = () => { button.textContent = `${model.get("label")} ${model.get("count")}`; };
    button.onclick = () => { throwing(); };
    model.on("change", draw);
    model.on("msg:custom", draw);
    draw();
    el.append(button);
  },
};
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "my_widget.py").write_text(MODULE)
    (tmp_path / "counter.js").write_text(CODE)
    return tmp_path


@pytest.fixture
def page(browser: Browser, package: Path) -> Iterator[Page]:
    with serving("dev", "my_widget:Counter", folder=package) as server, browser.new_context() as context:
        tab = Tab(context, server.address)
        expect(tab.page.locator("any-view button")).to_have_text("hello 3", timeout=30_000)
        yield tab.page


def test_a_trait_is_edited_by_keyboard_and_a_correction_is_seen(page: Page) -> None:
    """Promise 4: it is a client's write, and Python's validators apply."""
    field = page.get_by_role("textbox", name="count")
    field.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("99")
    page.keyboard.press("Enter")
    expect(page.locator("any-view button")).to_have_text("hello 10")
    expect(field).to_have_value("10")
    expect(page.get_by_role("status").filter(has_text="Python holds 10")).to_be_visible()
    messages = page.get_by_role("region", name="Messages").get_by_role("row")
    expect(messages.filter(has_text="to Python").filter(has_text='{"count":99}')).to_have_count(1)
    expect(messages.filter(has_text="corrected").filter(has_text=" ms")).to_have_count(1)
    page.get_by_role("button", name="Clear messages").click()
    expect(messages).to_have_count(0)


def test_a_text_is_edited_as_text_and_escape_takes_it_back(page: Page) -> None:
    field = page.get_by_role("textbox", name="label")
    field.fill("other")
    field.press("Escape")
    expect(field).to_have_value("hello")
    field.fill("salut")
    field.press("Enter")
    expect(page.locator("any-view button")).to_have_text("salut 3")


def test_files_are_watched_and_a_stack_names_the_widgets_own_module(package: Path, page: Page) -> None:
    broken = CODE.replace("const button = document", 'throw new Error("on purpose");\n    const button = document')
    (package / "counter.js").write_text(broken)
    errors = page.get_by_role("region", name="Errors in JavaScript")
    expect(errors).to_contain_text("render: Error: on purpose")
    expect(errors).to_contain_text("anyhost:///my_widget.Counter.js:3")
    (package / "counter.js").write_text(CODE.replace("hello", "hello"))
    expect(page.locator("any-view button").first).to_have_text("hello 3")


def test_a_class_that_needs_arguments_says_what_to_do(browser: Browser, package: Path) -> None:
    with (
        serving("dev", str(package / "my_widget.py") + ":Needy", folder=package) as server,
        browser.new_context() as context,
    ):
        tab = Tab(context, server.address)
        error = tab.page.locator(".cell .error")
        expect(error).to_contain_text("Needy needs arguments (path)", timeout=30_000)
        expect(error).to_contain_text("anyhost dev my_widget:make")
