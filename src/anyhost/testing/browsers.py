"""Chromium, through Playwright: where it is found, and what is said where it is not."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from playwright.async_api import Browser, Playwright

VARIABLE: Final = "ANYHOST_CHROMIUM"
"""Names the browser's executable, where it is not Playwright's own."""

_ON_PATH: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

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
        path = executable or os.environ.get(VARIABLE) or _found(playwright)
        try:
            browser = await playwright.chromium.launch(executable_path=path, headless=headless, args=_ARGUMENTS)
        except Error as error:
            raise NoBrowser(f"{path} could not be started as a Chromium: {error.message}") from error
        try:
            yield browser
        finally:
            await browser.close()


def _found(playwright: Playwright) -> str:
    own = playwright.chromium.executable_path
    for candidate in (own, *_ON_PATH):
        path = shutil.which(candidate)
        if path is not None:
            return path
    raise NoBrowser(
        f"found no Chromium: neither Playwright's own ({own}) nor one on the PATH ({', '.join(_ON_PATH)}). "
        f"Install one (playwright install chromium), or name it: {VARIABLE}=/usr/bin/chromium, or executable=..."
    )
