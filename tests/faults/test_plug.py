"""What a person sees who pulls the plug, at any moment (promise 7)."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from chromium import ARGUMENTS, CHROMIUM
from meeting import Meeting
from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, Playwright, expect
from served import QUICK, Served, eventually, served

from anyhost.server.settings import Timing
from anyhost.session.settings import PoolSettings, SessionSettings

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("plug")]

ELSEWHERE = "data:text/html,<h1>elsewhere</h1>"
SAID = """
() => {
  globalThis.announced = [];
  const status = document.querySelector("[role=status]");
  new MutationObserver(() => announced.push(status.textContent.trim()))
    .observe(status, { childList: true, characterData: true, subtree: true });
}
"""
"""Remembers what a screen reader is told."""


def bar(page: Page) -> Locator:
    return page.get_by_role("banner")


def slider(page: Page) -> Locator:
    return page.get_by_role("slider", name="Level")


def drag(page: Page, start: float, *stops: float, let_go: bool = True) -> None:
    """Drag the slider's handle to these parts of its length."""
    box = slider(page).bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + start * box["width"], y)
    page.mouse.down()
    for stop in stops:
        page.mouse.move(box["x"] + stop * box["width"], y, steps=10)
    if let_go:
        page.mouse.up()


def level(page: Page) -> int:
    """What the slider shows."""
    return int(slider(page).input_value())


def holds(house: Served, session: str, value: int) -> None:
    """Kernel and snapshot get there."""
    eventually(lambda: house.kernel(session)["values"]["level"] == value == house.snapshot(session)["level"])


@contextmanager
def hearing(page: Page) -> Iterator[list[str]]:
    page.evaluate(SAID)
    said: list[str] = []
    yield said
    said += page.evaluate("announced")


# ---- The network ------------------------------------------------------------------------------------


def test_a_connection_that_is_half_open_is_noticed_on_both_sides_and_said(
    context: BrowserContext, house: Served
) -> None:
    meeting = Meeting(context, house)
    page, session = meeting.page, meeting.session_id
    with hearing(page) as said:
        house.cut_off()
        expect(bar(page)).to_contain_text("Reconnecting…", timeout=10_000)
        drag(page, 0.1, 0.6)  # while nothing comes through
        eventually(lambda: house.connected(session) == 0)
        dragged = level(page)
        assert dragged > 500
        house.restore()
        expect(bar(page)).to_contain_text("Connected again", timeout=10_000)
    assert any(text.startswith("Reconnecting…") for text in said)
    assert said[-1] == "Connected again"
    holds(house, session, dragged)
    meeting.echo()
    meeting.check()


def test_the_network_being_back_ends_a_handshake_that_hangs(context: BrowserContext, notebook: Path) -> None:
    """It could hang for as long as the system waits; here for a minute."""
    with served(notebook, timing=replace(QUICK, open=60)) as patient:
        meeting = Meeting(context, patient)
        patient.cut_off()
        expect(bar(meeting.page)).to_contain_text("Reconnecting…", timeout=10_000)
        meeting.page.wait_for_timeout(1_500)
        patient.restore()
        meeting.page.evaluate("dispatchEvent(new Event('online'))")
        expect(bar(meeting.page)).to_contain_text("Connected again", timeout=10_000)
        meeting.check()


def test_a_device_that_is_offline_is_told_so(context: BrowserContext, house: Served) -> None:
    meeting = Meeting(context, house)
    house.cut_off()
    context.set_offline(True)
    note = meeting.page.get_by_role("complementary", name="Connection")
    expect(note).to_contain_text("This device is offline.", timeout=10_000)
    expect(note).to_contain_text("Nothing that you changed is lost")
    house.restore()
    context.set_offline(False)
    expect(bar(meeting.page)).to_contain_text("Connected again", timeout=10_000)
    expect(note).not_to_be_visible()
    meeting.check()


@pytest.mark.parametrize("status", ["200 OK", "403 Forbidden", "502 Bad Gateway"])
def test_a_proxy_that_refuses_the_websocket_is_named_at_once(
    context: BrowserContext, notebook: Path, status: str
) -> None:
    # With the first attempt: a second one comes only after half a minute.
    with served(notebook, timing=replace(QUICK, retry=60, longest_retry=60)) as house:
        house.proxy.upgrade_answer = f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
        page = context.new_page()
        page.goto(house.address)
        note = page.get_by_role("complementary", name="Connection")
        expect(note).to_contain_text("The server answers, but its WebSocket does not", timeout=10_000)
        expect(note).to_contain_text("it must let WebSockets")
        house.restore()
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(slider(page)).to_be_visible(timeout=10_000)


def test_code_that_could_not_be_fetched_is_fetched_when_the_connection_is_back(
    context: BrowserContext, house: Served
) -> None:
    page = context.new_page()
    code = re.compile("/modules/")
    page.route(code, lambda route: route.abort())
    page.goto(house.address)
    expect(page.get_by_role("alert")).to_contain_text("could not be loaded", timeout=10_000)
    page.unroute(code)
    house.drop()
    expect(slider(page)).to_be_visible(timeout=10_000)


# ---- The page ---------------------------------------------------------------------------------------


def test_f5_in_the_middle_of_a_drag_loses_nothing(context: BrowserContext, house: Served) -> None:
    """Python is slow, so most of the drag waits in the page when it goes."""
    meeting = Meeting(context, house)
    page, session = meeting.page, meeting.session_id
    page.evaluate("talk.say('slow')")
    meeting.echo()
    drag(page, 0.0, 0.5, 0.3, 0.8, let_go=False)
    dragged = level(page)
    assert house.snapshot(session)["level"] != dragged
    page.reload()
    meeting.ready()
    assert meeting.session_id == session
    holds(house, session, dragged)
    expect(slider(page)).to_have_value(str(dragged))


def test_f5_while_offline_keeps_what_was_written_for_the_page_that_comes(
    context: BrowserContext, house: Served
) -> None:
    meeting = Meeting(context, house)
    page, session = meeting.page, meeting.session_id
    meeting.echo()
    told = len(house.kernel(session)["heard"])
    house.proxy.refusing = True
    house.drop()
    drag(page, 0.1, 0.7)
    dragged = level(page)
    page.evaluate("talk.say('offline', 1000)")
    with pytest.raises(Error):
        page.reload()
    page.wait_for_url("chrome-error://chromewebdata/")  # the browser's own page: there is no network
    house.restore()
    page.goto(house.address)
    meeting.ready()
    assert meeting.session_id == session
    holds(house, session, dragged)
    expect(slider(page)).to_have_value(str(dragged))
    # The message came once, with its bytes, after what was said before it.
    assert house.kernel(session)["heard"][told:] == [told + 1]
    page.reload()
    meeting.ready()
    meeting.echo()
    assert len(house.kernel(session)["heard"]) == told + 2


def test_back_loads_the_page_again_in_the_same_session(context: BrowserContext, house: Served) -> None:
    meeting = Meeting(context, house)
    page, session = meeting.page, meeting.session_id
    drag(page, 0.1, 0.6)
    dragged = level(page)
    meeting.echo()
    page.goto(ELSEWHERE)
    eventually(lambda: house.connected(session) == 0)
    page.go_back()
    meeting.ready()
    expect(slider(page)).to_have_value(str(dragged))
    assert meeting.session_id == session
    drag(page, dragged / 1000, 0.2)
    holds(house, session, level(page))
    page.go_forward()
    page.get_by_role("heading", name="elsewhere").wait_for()


def test_back_to_a_page_that_the_browser_has_kept_goes_on_where_it_was(playwright: Playwright, house: Served) -> None:
    """The same page with all that it had, not loaded again (bfcache): what it does when it is shown reaches Python."""
    # Playwright loses sight of a page that comes back so; what it does is seen in Python.
    left_out = ["--disable-back-forward-cache"]
    own = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS, ignore_default_args=left_out)
    with own.new_context() as context:
        meeting = Meeting(context, house)
        page, session = meeting.page, meeting.session_id
        drag(page, 0.1, 0.6)
        meeting.echo()
        page.evaluate("addEventListener('pageshow', ({ persisted }) => persisted && talk.set({ level: 777 }))")
        page.goto(ELSEWHERE)
        eventually(lambda: house.connected(session) == 0)
        page.evaluate("setTimeout(() => history.back())")
        holds(house, session, 777)
        assert house.connected(session) == 1
    own.close()


def test_a_tab_that_is_restored_comes_back_to_its_session(
    browser: Browser, context: BrowserContext, house: Served
) -> None:
    """A browser brings the tab's storage back, and loads the page again."""
    meeting = Meeting(context, house)
    session = meeting.session_id
    drag(meeting.page, 0.1, 0.6)
    dragged = level(meeting.page)
    meeting.echo()
    stored = meeting.page.evaluate("JSON.stringify({ ...sessionStorage })")
    meeting.page.close()
    with browser.new_context() as later:
        later.add_init_script(f"Object.assign(sessionStorage, {stored})")
        restored = Meeting(later, house)
        assert restored.session_id == session
        expect(slider(restored.page)).to_have_value(str(dragged))


def test_a_tab_that_is_duplicated_gets_a_session_of_its_own(context: BrowserContext, notebook: Path) -> None:
    # A busy machine gets time to answer the probe.
    with served(notebook, timing=Timing(), pool_settings=PoolSettings(probe_seconds=3)) as house:
        meeting = Meeting(context, house)
        with context.expect_page() as opened:
            meeting.page.evaluate("void open(location.href)")  # as a duplicate, it begins with a copy of the storage
        other = opened.value
        slider(other).wait_for()
        stored = json.loads(other.evaluate("sessionStorage.getItem('anyhost /')"))
        assert stored["session"] != meeting.session_id
        assert len({house.kernel(session)["pid"] for session in (stored["session"], meeting.session_id)}) == 2
        drag(other, 0.1, 0.9)
        meeting.echo()
        assert level(meeting.page) == 0
        meeting.check()


# ---- Python and the server --------------------------------------------------------------------------


def test_the_death_of_python_is_told_within_a_second_and_mended_with_one_click(
    context: BrowserContext, house: Served, record_property: Callable[[str, object], None]
) -> None:
    # How long it takes is printed, since a busy machine can miss any time; what is waited for at most is this.
    assert SessionSettings().last_words_seconds <= 0.5
    meeting = Meeting(context, house)
    page, session = meeting.page, meeting.session_id
    meeting.round()
    meeting.check()
    shown = slider(page).input_value()
    old = page.locator("any-view").first.get_attribute("model-id")
    kernel = house.kernel(session)["pid"]
    with hearing(page) as said:
        since = time.monotonic()
        psutil.Process(kernel).kill()
        note = page.get_by_role("complementary", name="Python has stopped")
        expect(note).to_be_visible(timeout=10_000)
        record_property("summary", f"the page says that Python was killed after {time.monotonic() - since:.2f} s")
    assert said[0].startswith("Python has stopped")
    # What was last true is there, and nobody takes it for alive.
    expect(slider(page)).to_have_value(shown)
    view = page.locator(".anyhost-view").first
    expect(view).to_have_attribute("aria-disabled", "true")
    expect(view).to_have_attribute("aria-description", re.compile("No longer connected to Python"))
    expect(page.get_by_text("No longer connected to Python")).to_be_visible()
    assert float(view.evaluate("el => getComputedStyle(el).opacity")) < 1
    drag(page, 0.1, 0.9)  # goes nowhere, and breaks nothing
    note.get_by_role("button", name="Restart").click()
    expect(note).not_to_be_visible(timeout=10_000)
    expect(slider(page)).to_have_value("0")
    assert page.locator("any-view").first.get_attribute("model-id") != old
    expect(page.locator(".anyhost-view").first).not_to_have_attribute("aria-disabled", "true")
    expect(page.get_by_text("No longer connected to Python")).not_to_be_visible()
    assert meeting.session_id == session
    assert house.kernel(session)["pid"] != kernel
    assert meeting.errors == []
    drag(page, 0.1, 0.5)
    holds(house, session, level(page))
    assert page.evaluate("globalThis.mark") is not None


def test_a_page_that_comes_after_the_death_of_python_sees_what_was_last_true(
    context: BrowserContext, house: Served
) -> None:
    meeting = Meeting(context, house)
    page = meeting.page
    drag(page, 0.1, 0.6)
    dragged = level(page)
    meeting.echo()
    psutil.Process(house.kernel(meeting.session_id)["pid"]).kill()
    expect(page.get_by_role("complementary", name="Python has stopped")).to_be_visible(timeout=10_000)
    page.reload()
    meeting.ready()
    expect(slider(page)).to_have_value(str(dragged))
    expect(page.get_by_text("No longer connected to Python")).to_be_visible()


def test_a_second_restart_at_once_is_refused_in_words_that_fit(context: BrowserContext, house: Served) -> None:
    meeting = Meeting(context, house)
    page = meeting.page
    for _ in range(2):
        page.get_by_role("button", name="Restart Python").click()
        page.get_by_role("dialog").get_by_role("button", name="Restart").click()
    notice = page.get_by_role("region", name="Notices").get_by_role("article")
    expect(notice).to_have_text(re.compile(r"Not now.*The kernel was restarted just now; try again in \d s\."))
    meeting.ready()


def test_a_server_that_was_started_again_begins_a_session_in_the_same_page(
    context: BrowserContext, house: Served, notebook: Path
) -> None:
    meeting = Meeting(context, house)
    page, session = meeting.page, meeting.session_id
    with served(notebook) as other:
        first = house.proxy.target
        try:
            house.proxy.target = other.proxy.target
            house.drop()
            notice = page.get_by_role("region", name="Notices").get_by_role("article")
            expect(notice).to_contain_text("The notebook was started again", timeout=10_000)
            expect(notice).to_contain_text("The server was restarted, or")
            expect(slider(page)).to_have_value("0")
            assert meeting.session_id != session
            assert meeting.session_id in other.sessions()
            drag(page, 0.1, 0.5)
            holds(other, meeting.session_id, level(page))
            assert page.evaluate("globalThis.mark") is not None
        finally:
            house.proxy.target = first


def test_what_was_dragged_while_a_server_was_replaced_is_said_to_be_lost(
    context: BrowserContext, house: Served, notebook: Path
) -> None:
    """Promise 7: the next server's session never had the widget that was dragged, and shows its own."""
    meeting = Meeting(context, house)
    page, session = meeting.page, meeting.session_id
    with served(notebook) as other:
        first = house.proxy.target
        try:
            house.cut_off()
            expect(bar(page)).to_contain_text("Reconnecting…")
            drag(page, 0.1, 0.5)
            assert level(page) > 0
            house.proxy.target = other.proxy.target
            house.restore()
            notice = page.get_by_role("region", name="Notices").get_by_role("article")
            expect(notice).to_contain_text("what its widgets and variables held is gone", timeout=10_000)
            expect(slider(page)).to_have_value("0")
            assert meeting.session_id != session
            holds(other, meeting.session_id, 0)
        finally:
            house.proxy.target = first


def test_a_server_that_ends_is_named_at_once(context: BrowserContext, notebook: Path) -> None:
    with served(notebook) as house:
        meeting = Meeting(context, house)
        house.proxy.refusing = True
        house.drop()
        note = meeting.page.get_by_role("complementary", name="Connection")
        expect(note).to_contain_text("does not answer. Is it still running?", timeout=10_000)
        house.restore()
        expect(note).not_to_be_visible(timeout=10_000)
        meeting.check()
