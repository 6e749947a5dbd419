"""anywidget's and ipywidgets' own Python suites, with our comm and without it (last section of the AFM table)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("peers")]

ANYWIDGET = "0.11.0"
CACHE = Path(__file__).parents[2] / ".cache" / "peers"

IPYWIDGETS = (
    "--pyargs", "ipywidgets.widgets.tests.test_set_state", "ipywidgets.widgets.tests.test_send_state",
    "ipywidgets.widgets.tests.test_traits", "ipywidgets.widgets.tests.test_widget", "ipywidgets.tests.test_embed",
)  # fmt: skip


def anywidget_sources() -> Path:
    """The folder of anywidget's source distribution, which has its tests; fetched once, as a package."""
    folder = CACHE / f"anywidget-{ANYWIDGET}"
    if not folder.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        download = ["download", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-binary", "anywidget"]
        wanted = ["--dest", str(CACHE), f"anywidget=={ANYWIDGET}"]
        subprocess.run([sys.executable, "-m", "pip", *download, *wanted], check=True, timeout=200)
        with tarfile.open(CACHE / f"{folder.name}.tar.gz") as archive:
            archive.extractall(CACHE, filter="data")
        # One of the tests compares the version with that of the front end, which is not in the archive.
        package = folder / "packages" / "anywidget" / "package.json"
        package.parent.mkdir(parents=True, exist_ok=True)
        package.write_text(f'{{"version": "{ANYWIDGET}"}}')
    return folder


def run(suite: str, *options: str, **environment: str) -> str:
    """Run a suite in a process of its own; the end of what it printed."""
    folder = anywidget_sources() if suite == "anywidget" else Path(tempfile.gettempdir())
    which = ("tests",) if suite == "anywidget" else IPYWIDGETS
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "-p", "no:cacheprovider", *options, *which],
        cwd=folder,
        # The installed packages are to be tested, not the sources in the folder.
        env={**os.environ, "PYTHONSAFEPATH": "1", "PYTHONPATH": str(Path(__file__).parent), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return f"{done.stdout[-5000:]}{done.stderr[-2000:]}\nexit code {done.returncode}\n"


def counted(output: str) -> tuple[int, int, int]:
    """Passed, failed, and messages that passed through our comm."""
    found = [re.findall(rf"(\d+) {word}", output) for word in ("passed", "failed", "messages passed")]
    passed, failed, messages = (int(numbers[-1]) if numbers else 0 for numbers in found)
    return passed, failed, messages


@pytest.mark.parametrize(("suite", "tests", "at_least"), [("anywidget", 83, 70), ("ipywidgets", 71, 200)])
def test_a_peer_s_suite_gives_the_same_counts_with_our_comm(
    suite: str, tests: int, at_least: int, record_property: Callable[[str, object], None]
) -> None:
    without, with_ours = run(suite), run(suite, "-p", "peer_comm")
    assert counted(without)[:2] == (tests, 0), without
    passed, failed, messages = counted(with_ours)
    assert (passed, failed) == (tests, 0) and with_ours.endswith("exit code 0\n"), with_ours
    assert messages >= at_least
    record_property("summary", f"own tests of {suite}: {passed} passed, {messages} messages through our comm")


@pytest.mark.parametrize("suite", ["anywidget", "ipywidgets"])
def test_a_comm_that_raises_fails_the_run(suite: str) -> None:
    output = run(suite, "-x", "--tb=no", "-p", "peer_comm", ANYHOST_PEERS_FAULT="1")
    assert not output.endswith("exit code 0\n")
    assert "our comm raised RuntimeError: the fault that was asked for" in output
