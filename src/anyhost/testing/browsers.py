"""Chromium, through Playwright: where it is found, and what is said where it is not."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from anyhost.chromium import NAMES, VARIABLE, find_chromium

if TYPE_CHECKING:
    from playwright.async_api import Browser

_ARGUMENTS: Final = ["--enable-unsafe-swiftshader"]  # WebGL also where there is no graphics card


class NoBrowser(Exception):
    """There is no Chromium that can be driven. The text says what to install, or to name."""


@asynccontextmanager
async def chromium(executable: str | None = None, *, headless: bool = True) -> AsyncIterator[Browser]:
    """A Chromium (Playwright's `Browser`), for as long as the block runs.

    It is `executable`, or the one that the environment variable `ANYHOST_CHROMIUM` names, or Playwright's own, or
    one that is on the PATH. Raises `NoBrowser`.
    """
    try:
        from playwright.async_api import Error, async_playwright
    except ImportError:
        raise NoBrowser(
            f"a page is shown in Chromium through Playwright, which is not installed in {sys.executable}: "
            "pip install playwright, and then: playwright install chromium"
        ) from None
    async with async_playwright() as playwright:
        own = playwright.chromium.executable_path
        path = find_chromium(executable, own)
        if path is None:
            raise NoBrowser(
                f"found no Chromium: neither Playwright's own ({own}) nor one on the PATH ({', '.join(NAMES)}). "
                f"Install one (playwright install chromium), or name it: {VARIABLE}=/usr/bin/chromium, executable=..."
            )
        try:
            browser = await playwright.chromium.launch(executable_path=path, headless=headless, args=_ARGUMENTS)
        except Error as error:
            raise NoBrowser(f"{path} could not be started as a Chromium: {error.message}") from error
        try:
            yield browser
        finally:
            await browser.close()
