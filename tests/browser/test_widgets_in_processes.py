"""docs/processes.md as who follows it meets it: the built wheel, its files, its command, in Chromium; and what is seen
of a process that is killed."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from mounted import unpack, uvicorn
from playwright.sync_api import Browser, Locator, expect
from servers import Server
from tabs import Tab

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("widgets in an app")]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, installed: Callable[[str], Path]) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("processes")
    with uvicorn(unpack("processes.md", folder), folder, python=installed("processes.md")) as server:
        yield server


def counter(tab: Tab) -> Locator:
    return tab.page.locator('any-view[name="counter"] button')


def votes(tab: Tab) -> Locator:
    return tab.page.locator('any-view[name="votes"] button')


def pid_of(tab: Tab) -> int:
    """That of the process that the counter lives in: its label has it."""
    expect(counter(tab)).to_have_text(re.compile(r"process \d+: \d+"), timeout=30_000)
    return int((counter(tab).text_content() or "").split()[1].rstrip(":"))


def test_two_visitors_have_a_process_each_and_share_the_votes(app: Server, browser: Browser) -> None:
    with browser.new_context() as one, browser.new_context() as other:
        ours, theirs = Tab(one, app.address), Tab(other, app.address)
        pids = pid_of(ours), pid_of(theirs)
        assert len({*pids, app.process.pid}) == 3
        assert set(pids) <= {process.pid for process in app.family()}
        counter(ours).click()
        votes(theirs).click()
        expect(votes(ours)).to_have_text("everyone's: 1", timeout=30_000)
        expect(counter(ours)).to_have_text(f"process {pids[0]}: 1")
        expect(counter(theirs)).to_have_text(f"process {pids[1]}: 0")
        with ours.page.expect_response("**/reset") as answer:
            ours.page.locator("#reset").click()
        assert answer.value.json() == {"before": 1}
        expect(counter(ours)).to_have_text(f"process {pids[0]}: 0")
        ours.page.reload()
        assert pid_of(ours) == pids[0]
        assert ours.complaints == theirs.complaints == []


def test_a_process_that_is_killed_is_said_and_a_button_starts_the_widgets_again(app: Server, browser: Browser) -> None:
    with browser.new_context() as context:
        tab, second = Tab(context, app.address), Tab(context, app.address)
        pid = pid_of(tab)
        counter(tab).click()
        expect(counter(second)).to_have_text(f"process {pid}: 1", timeout=30_000)
        os.kill(pid, signal.SIGKILL)
        status, other = (each.page.get_by_role("status") for each in (tab, second))
        expect(status).to_contain_text("The Python of these widgets has stopped: killed by signal 9 (SIGKILL)")
        expect(other).to_contain_text("has stopped")
        expect(counter(tab)).to_have_text(f"process {pid}: 1")  # what was last true may still be read
        status.get_by_role("button", name="Start again").click()
        expect(counter(tab)).to_have_text(re.compile(r"process \d+: 0"))
        again = pid_of(tab)
        assert again != pid
        assert pid_of(second) == again
        expect(status).to_have_count(0)
        expect(other).to_have_count(0)
        counter(second).click()
        expect(counter(tab)).to_have_text(f"process {again}: 1")
        assert tab.complaints == second.complaints == []


def test_after_f5_the_widgets_of_a_killed_process_are_there_again(
    app: Server, browser: Browser, tmp_path: Path
) -> None:
    with browser.new_context() as context:
        tab = Tab(context, app.address)
        pid = pid_of(tab)
        os.kill(pid, signal.SIGKILL)
        expect(tab.page.get_by_role("status")).to_contain_text("has stopped")
        tab.page.reload()
        assert pid_of(tab) != pid
        assert tab.complaints == []
