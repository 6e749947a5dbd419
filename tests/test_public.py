"""The public names, and what asking for one loads."""

from __future__ import annotations

import subprocess
import sys

import pytest

import anyhost


def test_the_public_names_are_these() -> None:
    assert anyhost.__all__ == ["Session", "WidgetHost", "display", "state"]
    assert set(anyhost.__all__) <= set(dir(anyhost))
    with pytest.raises(AttributeError, match="module 'anyhost' has no attribute 'missing'"):
        _ = anyhost.missing


@pytest.mark.process
def test_a_script_in_plain_python_prints_and_loads_neither_ipython_nor_the_server() -> None:
    code = (
        "import anyhost, sys\nanyhost.display(1, 'two')\nprint(sorted({'IPython', 'starlette'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("1\ntwo\n[]\n", "")
