"""The examples of ipywidgets' documentation, rewritten: run, edited, and exported; driven by mouse and keys."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, TypeAlias

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from servers import serving
from tabs import Tab

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("interact")]

NOTEBOOK = Path(__file__).with_name("interact_examples.py")
Mode: TypeAlias = Literal["run", "edit", "export"]

AT_FIRST = [
    "20", "2", "'hoho'", "(True, 1.5)", "'p=5 q=20'", "'n is 10'", "'half of 5.5 is 2.75'", "'one apple'", "'size 1'",
    "'wordword'", "10 + 20 = 30", "the sum is 30 of {'a': 10, 'b': 20}", "'z is 4'", "6 * 7 = 42", "'2.0 of 4.0'",
    "0 in the output", "1 in the output", "appended", "shown", "the thread is done",
]  # fmt: skip
"""What is on the page once everything has run."""


@contextmanager
def opened(browser: Browser, mode: Mode, folder: Path) -> Iterator[Page]:
    """The notebook in a tab. In the end it may not have complained."""
    notebook = Path(shutil.copy(NOTEBOOK, folder))
    if mode == "export":
        command = [
            str(Path(sys.executable).with_name("anyhost")),
            "export",
            str(notebook),
            "-o",
            str(folder / "p.html"),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        with browser.new_context(viewport={"width": 1000, "height": 900}, offline=True) as context:
            tab = Tab(context, (folder / "p.html").as_uri())
            yield tab.page
        assert tab.complaints == []
        return
    with (
        serving(mode, str(notebook)) as server,
        browser.new_context(viewport={"width": 1000, "height": 900}) as context,
    ):
        tab = Tab(context, server.address)
        expect(tab.page.locator(".status")).to_have_text("Ready", timeout=60_000)
        yield tab.page
    assert tab.complaints == []


def outputs(page: Page) -> Locator:
    """What cells and `Output`s show, and no code."""
    return page.locator(".output, .anyhost-outputs")


def has(page: Page, *texts: str) -> None:
    for text in texts:
        expect(outputs(page).get_by_text(text).last).to_be_visible(timeout=20_000)


def of(page: Page, text: str) -> Locator:
    """The view of the widget that has this text in it now."""
    return page.locator("any-view").filter(has_text=text).last


def everything_is_there(page: Page) -> None:
    has(page, *AT_FIRST)
    expect(page.get_by_role("slider")).to_have_count(15, timeout=20_000)
    expect(page.locator(".anyhost-outputs img")).to_have_count(1)
    expect(page.locator(".anyhost-failure")).to_have_count(0)


def test_exported_it_is_all_there(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, "export", tmp_path) as page:
        everything_is_there(page)
        page.get_by_role("slider").first.press("ArrowRight")
        expect(page.locator(".widget-readout").first).to_have_text("11")
        expect(page.get_by_text("There is no Python behind this page").first).to_be_visible()


@pytest.mark.parametrize("mode", ["run", "edit"])
def test_it_is_all_there_and_answers(browser: Browser, tmp_path: Path, mode: Mode) -> None:
    with opened(browser, mode, tmp_path) as page:
        everything_is_there(page)
        page.get_by_role("slider").first.press("ArrowRight")
        has(page, "22")
        of(page, "(True, 1.5)").get_by_role("checkbox").uncheck()
        has(page, "(False, 1.5)")
        of(page, "'hoho'").get_by_role("textbox").fill("ha")
        has(page, "'haha'")
        of(page, "'one apple'").get_by_role("combobox").select_option("orange")
        has(page, "'one orange'")
        of(page, "'size 1'").get_by_role("combobox").select_option("large")
        has(page, "'size 9'")
        of(page, "10 + 20").get_by_role("slider").first.press("ArrowRight")
        has(page, "11 + 20 = 31", "the sum is 31 of {'a': 11, 'b': 20}")
        page.get_by_role("button", name="Run Interact").click()
        has(page, "slowly: 3")
        of(page, "6 * 7").get_by_role("slider").last.press("ArrowRight")
        has(page, "6 * 8 = 48")
        of(page, "'2.0 of 4.0'").get_by_role("slider").first.press("Home")
        has(page, "'1.0 of 1.0'")
        for _time in range(2):
            page.get_by_role("button", name="Divide").click()
            has(page, "ZeroDivisionError")
            expect(outputs(page).get_by_text("dividing", exact=True)).to_have_count(1)
        page.reload()
        has(page, "22", "(False, 1.5)", "'one orange'", "6 * 8 = 48", "'1.0 of 1.0'", "ZeroDivisionError")
