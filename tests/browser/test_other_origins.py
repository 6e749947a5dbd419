"""docs/other-origins.md, as who follows it meets it: two servers of two origins, in Chromium, without a cookie."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from mounted import unpack, uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("widgets in an app")]


ASKS = "await asyncio.to_thread(ticket_for, user)"
"""How partner.py gets a ticket; tests may bring another."""


class Sites:
    """Both of them, and browsers that visit the partner's."""

    def __init__(self, browser: Browser, ours: str, theirs: str) -> None:
        self.browser = browser
        self.ours = ours
        self.theirs = theirs
        self.errors: list[str] = []

    def visit(self, context: BrowserContext, user: str = "ada") -> Page:
        page = context.new_page()
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.goto(f"{self.theirs}?user={user}")
        return page


@pytest.fixture
def sites(browser: Browser, tmp_path: Path, installed: Callable[[str], Path]) -> Iterator[Sites]:
    app = unpack("other-origins.md", tmp_path)
    ours, theirs = free_port(), free_port()
    for name in ("app.py", "partner.py"):
        text = (tmp_path / name).read_text("utf-8").replace(ASKS, f'request.query_params.get("ticket") or {ASKS}')
        (tmp_path / name).write_text(text.replace("8000", str(ours)).replace("9000", str(theirs)), "utf-8")
    python = installed("other-origins.md")
    with ExitStack() as stack:
        stack.enter_context(uvicorn(app, tmp_path, python=python, port=ours))
        stack.enter_context(uvicorn("partner:app", tmp_path, python=python, port=theirs))
        yield Sites(browser, f"http://127.0.0.1:{ours}/", f"http://localhost:{theirs}/")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def test_a_ticket_leads_to_the_users_widget_in_any_browser_and_after_f5_without_a_cookie(sites: Sites) -> None:
    """Promise 7."""
    with sites.browser.new_context() as one, sites.browser.new_context() as two:
        page = sites.visit(one)
        note = page.get_by_role("textbox")
        note.fill("of Ada's")
        elsewhere = sites.visit(two).get_by_role("textbox")
        expect(elsewhere).to_have_value("of Ada's")
        page.reload()
        expect(note).to_have_value("of Ada's")
        expect(sites.visit(one, "bob").get_by_role("textbox")).to_have_value("Write here")
        assert one.cookies() == two.cookies() == []
        assert sites.errors == []


def test_a_ticket_that_is_refused_is_said_and_another_one_goes_on(sites: Sites) -> None:
    with sites.browser.new_context() as context:
        page = sites.visit(context)
        expect(page.get_by_role("textbox")).to_have_value("Write here")
        good = page.content().partition('ticket="')[2].partition('"')[0]
        page.goto(f"{sites.theirs}?ticket=made-up")
        expect(page.get_by_role("alert")).to_contain_text("The ticket of this page is unknown here")
        page.locator("any-view").evaluate("(view, ticket) => view.setAttribute('ticket', ticket)", good)
        expect(page.get_by_role("textbox")).to_have_value("Write here")
        expect(page.get_by_role("alert")).to_have_count(0)
        assert context.cookies() == []
