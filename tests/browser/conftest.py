"""A real server, a real Chromium, and a tab in it.

Each module has a browser and servers of its own. They end with it, so that pytest can go on to tests with
event loops in the same process: Playwright's synchronous API holds one for as long as it lives.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser
from servers import Serve, Server, running
from tabs import Open, Tab


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Serves a notebook, given as text; the same text is served once, since each tab has a session of its own."""
    servers: dict[str, Server] = {}
    with ExitStack() as stack:

        def serve_text(text: str) -> Server:
            if text not in servers:
                name = hashlib.sha256(text.encode()).hexdigest()[:8]
                notebook = tmp_path_factory.mktemp(name) / "notebook.py"
                notebook.write_text(text, encoding="utf-8")
                servers[text] = stack.enter_context(running(notebook))
            return servers[text]

        yield serve_text


@pytest.fixture
def open_tab(browser: Browser, serve: Serve) -> Iterator[Open]:
    """Opens a tab on a notebook, given as text. In the end no tab may have a complaint that it was not allowed."""
    tabs: list[Tab] = []
    with ExitStack() as stack:

        def open_text(text: str) -> Tab:
            context = browser.new_context(viewport={"width": 1000, "height": 900})
            stack.callback(context.close)
            tabs.append(Tab(context, serve(text).address))
            return tabs[-1]

        yield open_text
        complaints = [tab.complaints for tab in tabs]
    assert complaints == [[]] * len(tabs)
