"""What every test may use."""

from __future__ import annotations

import pytest
from hypothesis import settings
from playwright.sync_api import expect

# A busy machine must not fail a test: how long an example takes says nothing about it.
settings.register_profile("anyhost", deadline=None)
settings.load_profile("anyhost")
expect.set_options(timeout=20_000)


@pytest.fixture
def anyio_backend() -> str:
    """asyncio only: the kernel's loop is asyncio's, since widgets call `asyncio.create_task`."""
    return "asyncio"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tests that count something of interest (`record_property("summary", ...)`) have it printed at the end."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "summary":
                terminalreporter.write_line(str(value))
