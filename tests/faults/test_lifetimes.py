"""Page, connection and session have lives of their own: the table of limits in `protocol.md`, with shorter ones."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from meeting import Meeting
from playwright.sync_api import Browser, BrowserContext, Error
from served import Served, eventually, served

from anyhost.server.settings import Timing
from anyhost.session.settings import PoolSettings

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("lifetimes")]

GOODBYE_S = 1.0
LOST_S = 5.0


@pytest.fixture(scope="module")
def brief(notebook: Path) -> Iterator[Served]:
    """A server that soon ends a session whose page said goodbye, and keeps one that was lost for longer."""
    limits = PoolSettings(goodbye_seconds=GOODBYE_S, lost_seconds=LOST_S)
    with served(notebook, timing=Timing(), pool_settings=limits) as made:
        yield made


def lifetime(house: Served, session: str, kernel: int, since: float) -> float:
    """How long a session outlives its page, in seconds. Its kernel ends with it."""
    eventually(lambda: session not in house.sessions(), LOST_S + 5)
    lasted = time.monotonic() - since
    eventually(lambda: not psutil.pid_exists(kernel), 5)
    return lasted


def test_a_tab_that_is_closed_says_goodbye(context: BrowserContext, brief: Served) -> None:
    meeting = Meeting(context, brief)
    session = meeting.session_id
    kernel = brief.kernel(session)["pid"]
    since = time.monotonic()
    meeting.page.close(run_before_unload=True)
    assert GOODBYE_S * 0.9 < lifetime(brief, session, kernel, since) < LOST_S * 0.9


def test_a_tab_that_crashes_was_lost(browser: Browser, brief: Served) -> None:
    context = browser.new_context()
    meeting = Meeting(context, brief)
    session = meeting.session_id
    kernel = brief.kernel(session)["pid"]
    since = time.monotonic()
    crash(meeting)
    eventually(lambda: brief.connected(session) == 0)
    assert lifetime(brief, session, kernel, since) > LOST_S * 0.9
    context.close()


def test_a_connection_that_was_cut_was_lost(context: BrowserContext, brief: Served) -> None:
    meeting = Meeting(context, brief)
    session = meeting.session_id
    kernel = brief.kernel(session)["pid"]
    since = time.monotonic()
    brief.cut_off()
    meeting.page.close(run_before_unload=True)  # its goodbye goes nowhere
    brief.restore()
    assert lifetime(brief, session, kernel, since) > LOST_S * 0.9


def test_a_page_that_returns_in_time_finds_its_session(context: BrowserContext, brief: Served) -> None:
    meeting = Meeting(context, brief)
    session = meeting.session_id
    brief.proxy.refusing = True
    brief.drop()
    meeting.page.wait_for_timeout(GOODBYE_S * 1500)
    brief.restore()
    meeting.echo()
    meeting.check()
    assert meeting.session_id == session


def crash(meeting: Meeting) -> None:
    """Kill the tab's process: nothing of the page runs any more."""
    with pytest.raises(Error, match="crash"):
        meeting.page.goto("chrome://crash")
