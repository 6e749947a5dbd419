"""Each tab has a session and a Python of its own, and the end of the server is the end of them all."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, expect
from servers import running
from tabs import Open, Tab

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("tabs and processes")]

NOTEBOOK = """\
import os
import subprocess

from probe import Probe

state = {"clicks": 0}
child = subprocess.Popen(["sleep", "1000"])


def click():
    state["clicks"] += 1


display(Probe(None, see=lambda: [state["clicks"], os.getpid(), child.pid], click=click))
"""


def test_each_tab_has_its_own_state_and_its_own_process(open_tab: Open) -> None:
    one, other = open_tab(NOTEBOOK), open_tab(NOTEBOOK)
    _clicks, first, first_child = one.probe().seen()
    _clicks, second, second_child = other.probe().seen()
    assert first != second
    one.probe().do("click")
    one.probe().do("click")
    one.probe().becomes([2, first, first_child])
    other.probe().do("click")
    other.probe().becomes([1, second, second_child])


def test_the_end_of_the_server_leaves_no_process_behind(browser: Browser, tmp_path: Path) -> None:
    """Promise 10: neither a kernel nor what its notebook has started."""
    notebook = tmp_path / "notebook.py"
    notebook.write_text(NOTEBOOK, encoding="utf-8")
    context = browser.new_context()
    with running(notebook) as server:
        tabs = [Tab(context, server.address), Tab(context, server.address)]
        pids = {pid for tab in tabs for pid in tab.probe().seen()[1:]}
        assert len(pids) == 4
        assert pids < {process.pid for process in server.family()}
        assert server.end() == []
        assert server.process.returncode == 0
        assert not any(psutil.pid_exists(pid) for pid in pids)
    expect(tabs[0].page.get_by_role("banner")).not_to_contain_text("Ready")
    context.close()
