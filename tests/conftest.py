"""What every test may use."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from chromium import ARGUMENTS, CHROMIUM
from hypothesis import settings
from installed import environment_for
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

# A busy machine must not fail a test: how long an example takes says nothing about it.
settings.register_profile("anyhost", deadline=None)
settings.load_profile("anyhost")
expect.set_options(timeout=20_000)


@pytest.fixture
def anyio_backend() -> str:
    """asyncio only: the kernel's loop is asyncio's, since widgets call `asyncio.create_task`."""
    return "asyncio"


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The Python of an environment with the built wheel and what a page of docs/ says to install."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    return lambda page: environment_for(page, shared / "installed")


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
