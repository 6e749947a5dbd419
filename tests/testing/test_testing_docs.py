"""docs/testing.md, as its reader follows it: the built wheel, an empty folder, the files, `pytest`."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from chromium import CHROMIUM
from mounted import DOCS, files_of

import anyhost.testing

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.xdist_group("anyhost.testing")]

PAGE = (DOCS / "testing.md").read_text("utf-8")


def test_the_page_does_what_it_says(tmp_path: Path, installed: Callable[[str], Path]) -> None:
    for name, text in files_of("testing.md").items():
        (tmp_path / name).write_text(text, "utf-8")
    python = str(installed("testing.md"))
    environment = {
        **os.environ,
        "ANYHOST_CHROMIUM": CHROMIUM,
        "PYTEST_ADDOPTS": "",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "",
    }
    tests = subprocess.run(
        [python, "-m", "pytest", "-q", "-W", "error"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert tests.returncode == 0 and "3 passed" in tests.stdout, tests.stdout + tests.stderr
    script = subprocess.run([python, "check.py"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
    assert script.stdout == "2\n"


def test_every_public_name_is_on_the_page() -> None:
    assert anyhost.testing.__all__ == sorted(anyhost.testing.__all__)
    unsaid = [name for name in anyhost.testing.__all__ if not re.search(rf"\b{name}\b", PAGE)]
    assert unsaid == ["Client", "Custom", "Widget"]  # what others return
