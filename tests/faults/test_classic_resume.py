"""Promises 2, 4, 5 and 7 for classic widgets: a connection breaks, both sides change meanwhile, and then they agree."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from served import served

from anyhost.session.settings import SessionSettings

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("plug")]

NOTEBOOK = """\
import ipywidgets as w
import traitlets

class Even(w.IntSlider):
    @traitlets.validate("value")
    def _validate_value(self, proposal):
        return proposal["value"] // 2 * 2

clicks, said = [], w.Label("nothing")
sliders = page, python, both = w.IntSlider(10), w.IntSlider(10), w.IntSlider(10)
even = Even(10)
change, count, tell = (w.Button(description=name) for name in ("change", "count", "tell"))

@change.on_click
def of_python(_):
    for value in range(1, 60):
        python.value = both.value = value
    python.description, both.max = "changed", 200

count.on_click(clicks.append)

@tell.on_click
def what_python_has(_):
    said.value = f"{[each.value for each in (*sliders, even)]} and {len(clicks)} clicks"

w.VBox([*sliders, even, w.HBox([change, count, tell]), w.Tab([said], titles=["what Python has"])])
"""


def handle(page: Page, number: int) -> Locator:
    return page.locator(".noUi-handle").nth(number)


@pytest.mark.parametrize(
    ("messages", "winner"), [(10_000, 13), (5, 59)], ids=["from the log: the last", "by a snapshot: Python"]
)
def test_what_both_sides_change_while_the_connection_is_broken(
    context: BrowserContext, tmp_path: Path, messages: int, winner: int
) -> None:
    """Of what both have changed, the page's write comes last; after a snapshot it is given up (R4)."""
    (tmp_path / "notebook.py").write_text(NOTEBOOK, encoding="utf-8")
    with served(tmp_path / "notebook.py", session_settings=SessionSettings(log_messages=messages)) as house:
        page, errors = context.new_page(), []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(house.address)
        readouts = page.locator(".widget-readout")
        expect(readouts).to_have_text(["10", "10", "10", "10"], timeout=30_000)
        (session,) = house.sessions()
        bar = page.get_by_role("banner")

        house.cut_off()
        expect(bar).to_contain_text("Reconnecting…", timeout=10_000)
        house.click(session, "change")
        for number, presses in ((0, 4), (2, 3), (3, 3)):
            for _press in range(presses):
                handle(page, number).press("ArrowRight")
        for _press in range(2):
            page.get_by_role("button", name="count").click()
        expect(readouts).to_have_text(["14", "10", "13", "13"])  # what was done is seen at once
        house.restore()
        expect(bar).to_contain_text("Connected again", timeout=10_000)

        expect(readouts).to_have_text(["14", "59", str(winner), "12"])
        expect(page.locator(".widget-slider .widget-label").nth(1)).to_have_text("changed")
        expect(handle(page, 2)).to_have_attribute("aria-valuemax", "200.0")
        page.get_by_role("button", name="tell").click()
        expect(page.get_by_text(f"[14, 59, {winner}, 12] and 2 clicks")).to_be_visible()
        handle(page, 1).press("ArrowLeft")
        page.get_by_role("button", name="tell").click()
        expect(page.get_by_text(f"[14, 58, {winner}, 12] and 2 clicks")).to_be_visible()
        assert errors == []
