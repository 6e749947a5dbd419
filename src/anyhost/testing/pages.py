"""A real page that shows what is tested, in Chromium."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urljoin

from .browsers import chromium
from .sites import Target, running

if TYPE_CHECKING:
    from playwright.async_api import Browser, ConsoleMessage, Page

R = TypeVar("R")

LOOK_EVERY = 0.01  # seconds


class PageErrors(Exception):
    """Something in the page raised an error, or wrote one to its console: `errors` are their texts, in order."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("\n\n".join(["the page had errors:", *errors]))
        self.errors = errors


@asynccontextmanager
async def serve(
    target: Target,
    *,
    path: str = "",
    browser: Browser | None = None,
    executable: str | None = None,
    headless: bool = True,
    allow_errors: bool = False,
) -> AsyncIterator[Page]:
    """A page in Chromium (Playwright's `Page`) that shows `target`: a widget, a `WidgetHost`, or an ASGI app.

    All of it is real: `target` is served as by `running`, in this event loop, and the page is somebody new, with no
    cookies. A widget's Python side is the object that was given, so a test reads and writes its traits while the
    page shows them; wait with `until` for what the page does. `path` is where in an app the page is.

    `browser`: one that is there already, since starting one takes most of a second (see `chromium`, whose
    `executable` and `headless` these are). Leaving the block closes the page, ends the server, and then raises
    `PageErrors` for what went wrong in the page, unless `allow_errors`.

    Raises `NoBrowser` where there is no Chromium, and what `running` raises.
    """
    errors: list[str] = []
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(running(target))
        if browser is None:
            browser = await stack.enter_async_context(chromium(executable, headless=headless))
        page = await browser.new_page()
        stack.push_async_callback(page.context.close)
        page.on("console", lambda message: _hear(message, errors))
        page.on("pageerror", lambda error: errors.append(error.stack or str(error)))
        with _noting(errors):
            await page.goto(urljoin(address, path.lstrip("/")))
            yield page
    if errors and not allow_errors:
        raise PageErrors(errors)


async def until(condition: Callable[[], R], seconds: float = 10.0) -> R:
    """Wait until `condition()` is true, looking again and again; return what it gave. Raises `TimeoutError`.

    For what no event tells of, such as a trait of a widget that a page is about to write.
    """
    end = time.monotonic() + seconds
    while not (result := condition()):
        if time.monotonic() > end:
            raise TimeoutError(f"waited in vain for {seconds:g} s for {_named(condition)}")
        await asyncio.sleep(LOOK_EVERY)
    return result


def _hear(message: ConsoleMessage, errors: list[str]) -> None:
    if message.type == "error":
        errors.append(message.text)


@contextmanager
def _noting(errors: list[str]) -> Iterator[None]:
    """A test that fails is to say what the page had to say, which is often why."""
    try:
        yield
    except Exception as error:
        for text in errors:
            error.add_note(f"the page said: {text}")
        raise


def _named(condition: Callable[[], object]) -> str:
    return getattr(condition, "__qualname__", repr(condition))
