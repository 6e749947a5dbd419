"""What every test may use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from chromium import ARGUMENTS, CHROMIUM
from hypothesis import settings
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

# A busy machine must not fail a test: how long an example takes says nothing about it.
settings.register_profile("anyhost", deadline=None)
settings.load_profile("anyhost")
expect.set_options(timeout=20_000)


@pytest.fixture
def anyio_backend() -> str:
    """asyncio only: the kernel's loop is asyncio's, since widgets call `asyncio.create_task`."""
    return "asyncio"


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Of one file of tests: asyncio's tests cannot run while it does."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield browser
    browser.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tests that count something of interest (`record_property("summary", ...)`) have it printed at the end."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "summary":
                terminalreporter.write_line(str(value))
