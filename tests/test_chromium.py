"""Where a Chromium is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from anyhost.chromium import find_chromium


def test_what_is_named_goes_before_the_environment_and_that_before_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANYHOST_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_chromium() is None
    for name in ("google-chrome", "own"):
        (tmp_path / name).write_text("")
        (tmp_path / name).chmod(0o755)
    assert find_chromium() == str(tmp_path / "google-chrome")
    assert find_chromium(None, str(tmp_path / "own"), "/nowhere") == str(tmp_path / "own")
    monkeypatch.setenv("ANYHOST_CHROMIUM", "/of/the/environment")
    assert find_chromium(None, str(tmp_path / "own")) == "/of/the/environment"
    assert find_chromium("/named") == "/named"
