"""Shell commands of a notebook: `!pip install x`, `%pip`, `!ls`."""

from __future__ import annotations

import codecs
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

GRACE = 2.0
"""How long an interrupted command may take to end, in seconds."""

_PIP = re.compile(r"\A\s*pip3?(?=\s|$)")


def with_this_python(command: str) -> str:
    """`pip` means that of the Python that runs the notebook, whatever is first on the path."""
    return _PIP.sub(lambda _: f"{shlex.quote(sys.executable)} -m pip", command, count=1)


def run_command(command: str, output: TextIO) -> int:
    """Run it in the user's shell, write what it prints as it comes, and return its exit code.

    There is no input. An interrupt ends the command, and goes on as `KeyboardInterrupt`.
    """
    with subprocess.Popen(
        with_this_python(command),
        shell=True,
        executable=os.environ.get("SHELL") if Path(os.environ.get("SHELL", "")).is_file() else None,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=_environment(os.environ),
        start_new_session=True,
    ) as process:
        try:
            _copy(process, output)
            return process.wait()
        except BaseException:
            _end(process)
            raise


def _environment(before: Mapping[str, str]) -> dict[str, str]:
    """The notebook's own, in which programs of its Python come first."""
    folder = str(Path(sys.executable).parent)
    return {**before, "PATH": os.pathsep.join([folder, *filter(None, [before.get("PATH")])])}


def _copy(process: subprocess.Popen[bytes], output: TextIO) -> None:
    assert process.stdout is not None
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while piece := os.read(process.stdout.fileno(), 1 << 16):
        output.write(decoder.decode(piece))
    output.write(decoder.decode(b"", final=True))


def _end(process: subprocess.Popen[bytes]) -> None:
    """The command and what it started: they have a group of their own."""
    for number in (signal.SIGINT, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(GRACE)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
