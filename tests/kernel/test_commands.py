"""Shell commands, by themselves."""

from __future__ import annotations

import io
import sys
from shlex import quote

import pytest

from anyhost.kernel.commands import run_command, with_this_python


@pytest.mark.parametrize(
    ("command", "changed"),
    [
        ("pip install x", f"{quote(sys.executable)} -m pip install x"),
        (" pip3 list", f"{quote(sys.executable)} -m pip list"),
        ("pipx run y", "pipx run y"),
        ("echo pip install", "echo pip install"),
        (f"{sys.executable} -m pip x", f"{sys.executable} -m pip x"),
    ],
)
def test_pip_is_that_of_this_python(command: str, changed: str) -> None:
    assert with_this_python(command) == changed


def test_what_a_command_prints_is_written_and_its_exit_code_returned() -> None:
    output = io.StringIO()
    assert run_command("printf 'é\\n'; printf b >&2; exit 4", output) == 4
    assert output.getvalue() == "é\nb"


def test_a_command_has_no_input_and_finds_this_python_first() -> None:
    output = io.StringIO()
    assert run_command("cat; python -c 'import sys; print(sys.prefix)'", output) == 0
    assert output.getvalue() == f"{sys.prefix}\n"


def test_what_goes_wrong_while_it_runs_ends_it() -> None:
    class Full(io.StringIO):
        def write(self, _text: str, /) -> int:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_command("echo; sleep 60", Full())
