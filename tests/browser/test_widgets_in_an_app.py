"""docs/fastapi.md and docs/plain-html.md, as who follows them meets them: the built wheel, what they say to install,
their files, their command, in Chromium."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeAlias

import httpx
import psutil
import pytest
from mounted import unpack, uvicorn
from playwright.sync_api import Browser, BrowserContext, Locator, expect
from servers import Server
from tabs import Tab

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("widgets in an app")]

Visit: TypeAlias = Callable[[], BrowserContext]
"""A browser of somebody new."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, installed: Callable[[str], Path]) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("fastapi")
    with uvicorn(unpack("fastapi.md", folder), folder, python=installed("fastapi.md")) as server:
        yield server


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    with ExitStack() as stack:

        def new() -> BrowserContext:
            context = browser.new_context(viewport={"width": 900, "height": 700})
            stack.callback(context.close)
            return context

        yield new


def counter(tab: Tab) -> Locator:
    return tab.page.locator('any-view[name="counter"] button')


def votes(tab: Tab) -> Locator:
    return tab.page.locator('any-view[name="votes"] button')


def test_two_visitors_have_counters_of_their_own_and_share_the_votes(app: Server, visit: Visit) -> None:
    ours, theirs = Tab(visit(), app.address), Tab(visit(), app.address)
    expect(counter(ours)).to_have_text("mine: 0", timeout=30_000)
    expect(counter(theirs)).to_have_text("mine: 0", timeout=30_000)
    counter(ours).click()
    votes(theirs).click()
    expect(votes(ours)).to_have_text("everyone's: 1")
    expect(votes(theirs)).to_have_text("everyone's: 1")
    expect(counter(ours)).to_have_text("mine: 1")
    expect(counter(theirs)).to_have_text("mine: 0")
    assert ours.complaints == theirs.complaints == []


def test_f5_and_a_second_tab_find_the_same_widget_and_a_handler_sets_it(app: Server, visit: Visit) -> None:
    """Promise 7."""
    context = visit()
    tab = Tab(context, app.address)
    counter(tab).click(timeout=30_000)
    counter(tab).click()
    tab.page.reload()
    expect(counter(tab)).to_have_text("mine: 2", timeout=30_000)
    second = Tab(context, app.address)
    expect(counter(second)).to_have_text("mine: 2", timeout=30_000)
    counter(second).click()
    expect(counter(tab)).to_have_text("mine: 3")
    with tab.page.expect_response("**/reset") as answer:
        tab.page.locator("#reset").click()
    assert answer.value.json() == {"before": 3}
    expect(counter(tab)).to_have_text("mine: 0")
    expect(counter(second)).to_have_text("mine: 0")
    assert tab.complaints == second.complaints == []


def test_the_cookie_is_out_of_reach_of_scripts(app: Server, visit: Visit) -> None:
    context = visit()
    tab = Tab(context, app.address)
    expect(counter(tab)).to_be_visible(timeout=30_000)
    (cookie,) = context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Lax", "/")
    assert tab.page.evaluate("document.cookie") == ""


def test_views_that_come_and_go_find_the_widget_over_one_connection(app: Server, visit: Visit) -> None:
    """Promise 1: what a page is given is a name."""
    tab = Tab(visit(), app.address)
    counter(tab).click(timeout=30_000)
    tab.page.evaluate("""() => {
        document.querySelector('any-view[name="counter"]').remove();
        const later = document.createElement("any-view");
        later.setAttribute("name", "counter");
        document.body.append(later);
    }""")
    expect(counter(tab)).to_have_text("mine: 1")
    counter(tab).evaluate("button => button.closest('any-view').setAttribute('name', 'contour')")
    expect(tab.page.get_by_role("alert")).to_have_text("No widget is named 'contour'; did you mean 'counter'?")
    assert tab.sockets == 1


def test_a_light_page_stays_light_for_who_prefers_dark(app: Server, browser: Browser) -> None:
    """Whether a page is dark is its own affair, and widgets in it follow."""
    with browser.new_context(color_scheme="dark") as context:
        tab = Tab(context, app.address)
        expect(counter(tab)).to_be_visible(timeout=30_000)
        reset = tab.page.locator("#reset")
        colour = "element => getComputedStyle(element).backgroundColor"
        assert counter(tab).evaluate(colour) == reset.evaluate(colour)


def test_a_server_that_was_started_again_is_found_and_said(browser: Browser, visit: Visit, tmp_path: Path) -> None:
    name = unpack("fastapi.md", tmp_path)
    with uvicorn(name, tmp_path) as server:
        port = int(server.address.rstrip("/").rpartition(":")[2])
        tab = Tab(visit(), server.address)
        tab.allow("WebSocket", "ERR_CONNECTION_REFUSED")
        counter(tab).click(timeout=30_000)
        expect(counter(tab)).to_have_text("mine: 1")
    status = tab.page.get_by_role("status")
    expect(status).to_contain_text("Reconnecting", timeout=30_000)
    with uvicorn(name, tmp_path, port=port):
        expect(status).to_contain_text("The widgets have started again", timeout=60_000)
        expect(counter(tab)).to_have_text("mine: 0", timeout=30_000)
        counter(tab).click()
        expect(counter(tab)).to_have_text("mine: 1")
        tab.page.reload()
        expect(counter(tab)).to_have_text("mine: 1", timeout=30_000)
    assert tab.complaints == []


def test_what_the_first_handler_did_is_on_the_page_that_it_made(visit: Visit, tmp_path: Path) -> None:
    """Its session began before there was a cookie: the page claims it."""
    name = unpack("fastapi.md", tmp_path)
    text, begin = (tmp_path / "app.py").read_text("utf-8"), "async def page(request: Request):\n"
    assert begin in text
    first = 'async def page(request: Request, session: Visitor):\n    session["counter"].count += 42\n'
    (tmp_path / "app.py").write_text(text.replace(begin, first), encoding="utf-8")
    with uvicorn(name, tmp_path) as server:
        tab = Tab(visit(), server.address)
        expect(counter(tab)).to_have_text("mine: 42", timeout=30_000)
        tab.page.reload()
        expect(counter(tab)).to_have_text("mine: 84", timeout=30_000)
        assert tab.complaints == []


def test_worker_processes_that_share_a_port_are_found_out(
    browser: Browser, tmp_path: Path, installed: Callable[[str], Path]
) -> None:
    """A visitor of one of them who is led to the other, since just that one accepts connections."""
    name, options = unpack("fastapi.md", tmp_path), ("--workers", "2", "--timeout-worker-healthcheck", "120")
    with uvicorn(name, tmp_path, *options, python=installed("fastapi.md")) as server:
        one, other = workers(server)
        for worker in (one, other):
            with suspended(other if worker is one else one):
                httpx.get(server.address, timeout=60)  # it has begun
        with browser.new_context() as context, suspended(other):
            expect(counter(Tab(context, server.address))).to_be_visible(timeout=30_000)
            visitor = context.storage_state()
        with browser.new_context(storage_state=visitor) as context, suspended(one):
            tab = Tab(context, server.address)
            expect(tab.page.get_by_role("status")).to_contain_text(
                "Run the app with one worker process", timeout=30_000
            )
            expect(counter(tab)).to_have_text("mine: 0", timeout=30_000)


def workers(server: Server) -> list[psutil.Process]:
    """uvicorn's two, once they are there."""
    deadline = time.monotonic() + 60
    while True:
        found = [each for each in server.family() if any("spawn_main" in word for word in each.cmdline())]
        if len(found) == 2:
            return found
        assert time.monotonic() < deadline
        time.sleep(0.05)


@contextmanager
def suspended(process: psutil.Process) -> Iterator[None]:
    process.suspend()
    try:
        yield
    finally:
        process.resume()


BEHIND_A_PROXY = """
from app import app as inner


async def app(scope, receive, send):
    # What `uvicorn --root-path /apps/one` makes of a request from which a proxy has taken the prefix off.
    if scope["type"] != "lifespan":
        scope = {**scope, "root_path": "/apps/one"}
    await inner(scope, receive, send)
"""


def test_below_a_prefix_everything_is_below_it(visit: Visit, tmp_path: Path) -> None:
    unpack("fastapi.md", tmp_path)
    (tmp_path / "behind.py").write_text(BEHIND_A_PROXY, encoding="utf-8")
    with uvicorn("behind:app", tmp_path) as server:
        context = visit()
        tab = Tab(context, f"{server.address}apps/one/")
        counter(tab).click(timeout=30_000)
        tab.page.locator("#reset").click()
        expect(counter(tab)).to_have_text("mine: 0")
        assert [cookie["path"] for cookie in context.cookies()] == ["/apps/one"]
        assert tab.complaints == []


def test_two_hosts_of_one_page_have_their_own_widgets(
    visit: Visit, tmp_path: Path, installed: Callable[[str], Path]
) -> None:
    app = unpack("plain-html.md", tmp_path)
    with uvicorn(app, tmp_path, python=installed("plain-html.md")) as server:
        tab = Tab(visit(), server.address)
        notes = tab.page.locator("textarea")
        expect(notes).to_have_count(2, timeout=30_000)
        tab.page.locator('[host="left"] textarea').fill("on the left")
        tab.page.reload()
        expect(tab.page.locator('[host="left"] textarea')).to_have_value("on the left", timeout=30_000)
        expect(tab.page.locator('[host="right"] textarea')).to_have_value("Write here", timeout=30_000)
        assert tab.complaints == []
