"""`anyhost dev`: what a widget's author sees beside the widget."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from servers import serving
from tabs import Tab

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("dev page")]

MODULE = """\
import dataclasses

import anywidget, pathlib, psygnal, traitlets
from anywidget.experimental import widget as as_widget

CODE = pathlib.Path(__file__).parent / "counter.js"

class Counter(anywidget.AnyWidget):
    _esm = CODE
    count = traitlets.Int(3, help="How often it was pressed").tag(sync=True)
    label = traitlets.Unicode("hello").tag(sync=True)
    maybe = traitlets.Unicode("x", allow_none=True).tag(sync=True)
    version = traitlets.Unicode("1.2", read_only=True).tag(sync=True)

    @traitlets.validate("count")
    def _clamp(self, proposal):
        return min(10, proposal["value"])

class Needy(anywidget.AnyWidget):
    def __init__(self, path):
        super().__init__()

def make():
    return Counter(label="made by a function")

example = Counter(label="an object")

@as_widget(esm=CODE)
@psygnal.evented
@dataclasses.dataclass
class Thing:
    count: int = 3
    label: str = "a dataclass"
    names: list[str] = dataclasses.field(default_factory=list)
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
    (package / "counter.js").write_text(CODE)
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


def row(page: Page, trait: str) -> Locator:
    """A trait's own row, once Python has said what it is."""
    rows = page.get_by_role("region", name="Traits").get_by_role("row")
    return rows.filter(has=page.get_by_role("rowheader", name=trait, exact=True))


def test_traits_have_their_types_in_python_and_say_what_is_read_only(page: Page) -> None:
    expect(row(page, "count").get_by_role("cell").first).to_have_text("Int")
    expect(row(page, "count").get_by_role("rowheader")).to_have_attribute("title", "How often it was pressed")
    expect(row(page, "version")).to_contain_text("1.2 read only")
    expect(row(page, "version").get_by_role("textbox")).to_have_count(0)
    page.get_by_text("of every widget").click()
    expect(row(page, "_anywidget_id")).to_contain_text("my_widget.Counter read only")
    expect(row(page, "tooltip").get_by_role("cell").first).to_have_text("Unicode | None")


def test_a_text_that_may_be_none_becomes_so_and_a_text_again(page: Page) -> None:
    page.get_by_role("button", name="maybe: None").click()
    field = row(page, "maybe").get_by_role("textbox")
    expect(field).to_have_value("null")
    field.fill("back")
    field.press("Enter")
    expect(field).to_have_value("back")
    expect(page.get_by_role("button", name="maybe: None")).to_be_visible()


def test_an_error_that_nobody_caught_is_listed_with_its_place(page: Page) -> None:
    page.locator("any-view button").click()
    errors = page.get_by_role("region", name="Errors in JavaScript")
    expect(errors).to_contain_text("uncaught: ReferenceError: throwing is not defined")
    expect(errors.locator("pre")).to_have_text(re.compile(r"^at .*\(anyhost:///my_widget\.Counter\.js:5:\d+\)$"))


@pytest.mark.parametrize(
    ("target", "shown", "kind"),
    [
        ("make", "made by a function 3", "Int"),
        ("example", "an object 3", "Int"),
        ("Thing", "a dataclass 3", "int"),
    ],
)
def test_a_function_an_object_and_a_plain_class_are_shown(
    browser: Browser, package: Path, target: str, shown: str, kind: str
) -> None:
    with serving("dev", f"my_widget:{target}", folder=package) as server, browser.new_context() as context:
        tab = Tab(context, server.address)
        button = tab.page.locator("any-view button")
        expect(button).to_have_text(shown, timeout=30_000)
        expect(row(tab.page, "count").get_by_role("cell").first).to_have_text(kind)
        field = row(tab.page, "count").get_by_role("textbox")
        field.fill("7")
        field.press("Enter")
        expect(button).to_have_text(shown.replace("3", "7"))
        assert tab.complaints == []


def test_after_a_change_in_python_restart_shows_the_new_class(package: Path, page: Page) -> None:
    changed = MODULE.replace("count = traitlets.Int(3,", "count = traitlets.Float(4.5,")
    (package / "my_widget.py").write_text(changed)
    page.get_by_role("button", name="Restart Python").click()
    page.get_by_role("dialog").get_by_role("button", name="Restart").click()
    expect(page.locator("any-view button")).to_have_text("hello 4.5", timeout=30_000)
    expect(row(page, "count").get_by_role("cell").first).to_have_text("Float")
    expect(row(page, "count").get_by_role("textbox")).to_have_value("4.5")


def test_nothing_is_cut_off_on_any_screen(page: Page) -> None:
    page.get_by_text("of every widget").click()
    expect(row(page, "tooltip")).to_contain_text("Unicode | None")
    clipped = "els => els.filter((el) => el.scrollWidth > el.clientWidth + 1).map((el) => el.textContent)"
    for width in (360, 800, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator(".tools, .tools section, .tools-traits th, .tools-traits td").evaluate_all(clipped) == []
