"""A real Chromium, and real servers behind a proxy that breaks connections."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext
from served import Served, served

from anyhost.session.settings import PoolSettings

NOTEBOOK = """\
from talker import Clerk, Talker

talker = Talker()
clerk = Clerk(talker)
talker
"""


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 900, "height": 600})
    yield context
    context.close()


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faults")
    shutil.copy(Path(__file__).with_name("talker.py"), folder)
    path = folder / "notebook.py"
    path.write_text(NOTEBOOK, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def server(notebook: Path) -> Iterator[Served]:
    """One server for all tests of a module."""
    with served(notebook, pool_settings=PoolSettings(sessions=6)) as made:
        yield made


@pytest.fixture
def house(server: Served) -> Iterator[Served]:
    """The server, reached as well as ever in the end."""
    yield server
    server.arm()
    server.restore()
