"""`serve`: a real page in Chromium, in the test's own event loop."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest
from chromium import CHROMIUM
from counters import Counter
from playwright.async_api import Browser, expect
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

import anyhost
from anyhost.testing import NoBrowser, PageErrors, chromium, serve, until

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("anyhost.testing")]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def shared_browser() -> AsyncIterator[Browser]:
    async with chromium(CHROMIUM) as browser:
        yield browser


async def test_a_widget_is_shown_and_the_object_that_was_given_is_its_python(shared_browser: Browser) -> None:
    counter = Counter(count=2)
    async with serve(counter, browser=shared_browser) as page:
        button = page.get_by_role("button")
        await button.click()
        await until(lambda: counter.count == 3)
        counter.count = 7
        await expect(button).to_have_text("count is 7")
        await page.reload()
        await expect(button).to_have_text("count is 7")


async def test_a_host_is_shown_with_all_its_widgets(shared_browser: Browser) -> None:
    host = anyhost.WidgetHost()
    host.widget(name="one")(Counter)
    host.widget(name="two", shared=True)(lambda: Counter(count=5))
    async with serve(host, browser=shared_browser) as page:
        await expect(page.locator('any-view[name="one"] button')).to_have_text("count is 0")
        await expect(page.locator('any-view[name="two"] button')).to_have_text("count is 5")
        await page.locator('any-view[name="two"] button').click()
        await until(lambda: host["two"].count == 6)


async def test_an_app_is_served_as_it_is(shared_browser: Browser) -> None:
    async def page_of(request: Any) -> HTMLResponse:
        return HTMLResponse("<!doctype html><link rel=icon href=data:,><h1>Hello</h1>")

    async with serve(Starlette(routes=[Route("/hello", page_of)]), path="/hello", browser=shared_browser) as page:
        await expect(page.get_by_role("heading")).to_have_text("Hello")


async def test_what_goes_wrong_in_the_page_fails_the_test(shared_browser: Browser) -> None:
    """Promise 9."""
    with pytest.raises(PageErrors, match="a render that raises") as failed:
        async with serve(Counter(broken=True), browser=shared_browser) as page:
            await expect(page.get_by_role("alert").first).to_be_visible()
    assert any("counters.Counter" in text for text in failed.value.errors)
    async with serve(Counter(broken=True), browser=shared_browser, allow_errors=True) as page:
        await expect(page.get_by_role("alert").first).to_be_visible()


async def test_a_test_that_fails_says_what_the_page_had_to_say(shared_browser: Browser) -> None:
    with pytest.raises(AssertionError) as failed:
        async with serve(Counter(broken=True), browser=shared_browser) as page:
            await expect(page.get_by_role("alert").first).to_be_visible()
            raise AssertionError("of the test's own")
    assert any("the page said" in note and "a render that raises" in note for note in failed.value.__notes__)


async def test_where_there_is_no_browser_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANYHOST_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(NoBrowser, match="/nowhere/chromium could not be started as a Chromium"):
        async with chromium():
            pass
    monkeypatch.delenv("ANYHOST_CHROMIUM")
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", "/nowhere")
    with pytest.raises(NoBrowser, match=r"playwright install chromium.*ANYHOST_CHROMIUM=/usr/bin/chromium"):
        async with chromium():
            pass
    monkeypatch.setitem(sys.modules, "playwright.async_api", None)
    with pytest.raises(NoBrowser, match="pip install playwright, and then: playwright install chromium"):
        async with chromium():
            pass


async def test_what_is_waited_for_in_vain_is_named() -> None:
    def never() -> bool:
        return False

    with pytest.raises(TimeoutError, match=r"waited in vain for 0\.05 s for .*never"):
        await until(never, 0.05)
