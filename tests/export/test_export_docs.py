"""docs/export.md, as its reader follows it: the built wheel, an empty folder, the file, the command, the page."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from anyhost.export import page as page_module

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("exports")]

DOCS = (Path(__file__).parents[2] / "docs" / "export.md").read_text("utf-8")
FILE = re.compile(r"`([\w.]+)`:\n\n```\w+\n(.*?)```", re.DOTALL)
COMMAND = re.compile(r"^anyhost (export .*)$", re.MULTILINE)


def test_the_page_does_what_it_says(browser: Browser, tmp_path: Path, installed: Callable[[str], Path]) -> None:
    for name, text in FILE.findall(DOCS):
        (tmp_path / name).write_text(text, "utf-8")
    (command,) = COMMAND.findall(DOCS)
    done = subprocess.run(
        [str(installed("export.md").with_name("anyhost")), *shlex.split(command)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert re.fullmatch(r"anyhost: page\.html, \d+ KB\n", done.stdout)
    with browser.new_context(offline=True) as context:
        page = context.new_page()
        page.goto((tmp_path / "page.html").as_uri())
        sliders = page.get_by_label("level")
        expect(sliders).to_have_count(2)
        sliders.first.press("ArrowRight")
        expect(sliders.last).to_have_value("31")
        page.get_by_role("button", name="Is it prime?").first.click()
        expect(page.locator("any-view output").first).to_contain_text("there is no Python behind it")
        expect(page.locator(".notice")).to_have_count(1)


def test_the_sizes_that_it_names_are_right() -> None:
    """270 KB and 900 KB, to within a tenth."""
    for name, said in (("prose", 270), ("mathematics", 900)):
        assert f"{said} KB" in DOCS
        size = sum((page_module.BUILT / f"{name}{end}").stat().st_size for end in (".js", ".css")) / 1e3
        assert abs(size - said) < 0.1 * said, (name, size)
