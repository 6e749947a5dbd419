from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from anyhost.protocol.messages import PROTOCOL_VERSION
from generate import ROOT, generated


@pytest.mark.parametrize("name", generated())
def test_a_generated_file_is_current(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == generated()[name], "run `make generate`"


def test_the_command_says_that_nothing_is_stale() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts/generate.py", "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_output_depends_on_the_definitions_only() -> None:
    assert generated() == generated()
    assert not any(str(Path.home()) in content or str(ROOT) in content for content in generated().values())


def test_the_version_is_the_same_everywhere() -> None:
    files = generated()
    assert f"export const PROTOCOL_VERSION = {PROTOCOL_VERSION};" in files["packages/protocol/src/messages.gen.ts"]
    assert f'"version": {PROTOCOL_VERSION}' in files["spec/schema.json"]
    assert f'"version": "{PROTOCOL_VERSION}"' in files["spec/openapi.json"]
