"""The examples of docs/widget-authors.md, as a newcomer meets them: the built wheel, an empty folder, its files, its
command."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect
from servers import serving
from tabs import Tab

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("dev page")]

DOCS = (Path(__file__).parents[2] / "docs" / "widget-authors.md").read_text("utf-8")
FILE = re.compile(r"`([\w.]+)`[^`\n]*:\n\n```\w+\n(.*?)```", re.DOTALL)
COMMAND = re.compile(r"^anyhost dev (\S+)$", re.MULTILINE)


class Newcomer:
    """The files of the page in a folder of their own, and what `anyhost dev` shows of them."""

    def __init__(self, folder: Path, tab: Tab) -> None:
        self.folder, self.tab = folder, tab

    @property
    def button(self) -> Locator:
        return self.tab.page.locator("any-view button:not(.anyhost-failure button)")

    def save(self, name: str, text: str) -> None:
        """As editors do: a new file takes the place of the old one."""
        (self.folder / f".{name}.swp").write_text(text)
        (self.folder / f".{name}.swp").replace(self.folder / name)

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.folder / name).read_text("utf-8")
        assert old in text
        self.save(name, text.replace(old, new))


Come = Callable[[str], AbstractContextManager[Newcomer]]


@pytest.fixture
def newcomer(browser: Browser, tmp_path: Path, installed: Callable[[str], Path]) -> Come:
    @contextmanager
    def come(target: str) -> Iterator[Newcomer]:
        for name, text in FILE.findall(DOCS):
            (tmp_path / name).write_text(text)
        with (
            serving("dev", target, folder=tmp_path, python=installed("widget-authors.md")) as server,
            browser.new_context(viewport={"width": 1200, "height": 800}) as context,
        ):
            new = Newcomer(tmp_path, Tab(context, server.address))
            expect(new.button).to_be_visible(timeout=30_000)
            yield new
            assert new.tab.complaints == []

    return come


def test_the_page_has_the_files_and_the_command() -> None:
    names = {name for name, _ in FILE.findall(DOCS)}
    assert names == {"my_widget.py", "counter.js", "counter.css", "frame.js"}
    assert COMMAND.findall(DOCS) == ["my_widget:Counter"]


def test_the_counter_counts_and_follows_its_files(newcomer: Come) -> None:
    """K1, J4: a save changes code in place, with its state kept, and style without a rendering."""
    (target,) = COMMAND.findall(DOCS)
    with newcomer(target) as new:
        new.button.click()
        expect(new.button).to_have_text("count is 1")
        expect(new.button).to_have_css("color", "rgb(31, 107, 87)")
        new.button.evaluate("button => { button.dataset.mark = 'same' }")
        new.edit("counter.css", "rgb(31, 107, 87)", "rgb(1, 2, 3)")
        expect(new.button).to_have_css("color", "rgb(1, 2, 3)")
        expect(new.button).to_have_attribute("data-mark", "same")
        new.edit("counter.js", "count is", "the count is")
        expect(new.button).to_have_text("the count is 1")
        row = new.tab.page.get_by_role("region", name="Traits").get_by_role("row").filter(has_text="count")
        expect(row).to_contain_text("Int(min=0, max=10)")
        field = row.get_by_role("textbox", name="count")
        field.fill("7")
        field.press("Enter")
        expect(new.button).to_have_text("the count is 7")


def test_a_broken_save_keeps_the_old_view_and_of_rapid_saves_the_newest_wins(newcomer: Come) -> None:
    """K3, K4, K5."""
    (target,) = COMMAND.findall(DOCS)
    with newcomer(target) as new:
        new.tab.allow("SyntaxError", "Unexpected token")
        new.edit("counter.js", "render(", "render(((")
        alert = new.tab.page.locator("any-view").get_by_role("alert")
        expect(alert).to_contain_text("SyntaxError")
        new.button.click()
        expect(new.button).to_have_text("count is 1")
        text = next(text for name, text in FILE.findall(DOCS) if name == "counter.js")
        for version in range(20):
            new.save("counter.js", text.replace("count is", f"version {version}:"))
            new.tab.page.wait_for_timeout(15)
        expect(new.button).to_have_text("version 19: 1")
        expect(alert).to_have_count(0)
        new.tab.page.wait_for_timeout(700)  # nothing older comes after it
        expect(new.button).to_have_text("version 19: 1")


def test_a_child_is_rendered_anew_in_place_and_its_parent_stays(newcomer: Come) -> None:
    """D17, K6; the function of the page makes both."""
    assert "`my_widget:framed`" in DOCS
    with newcomer("my_widget:framed") as new:
        title = new.tab.page.get_by_placeholder("Title")
        title.fill("kept")
        expect(new.button).to_have_text("count is 3")
        new.edit("counter.js", "count is", "changed to")
        expect(new.button).to_have_text("changed to 3")
        expect(title).to_have_value("kept")
        # Both widgets are there to be looked at.
        widget = new.tab.page.get_by_label("Widget", exact=True)
        expect(widget.locator("option")).to_have_text(["1: my_widget.Counter", "2: my_widget.Frame"])
        widget.select_option(index=0)
        field = new.tab.page.get_by_role("textbox", name="count")
        field.fill("5")
        field.press("Enter")
        expect(new.button).to_have_text("changed to 5")
        new.edit("frame.js", "Title", "Other title")
        expect(new.tab.page.get_by_placeholder("Other title")).to_have_value("")
        expect(new.button).to_have_text("changed to 5")
