"""What code finds around it in a process that runs a notebook, with an undo for each change.

`patches.py` changes what sessions share; this is for a process, or a test, that has one notebook only.
"""

from __future__ import annotations

import contextlib
import getpass
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .console import Console, NoInput, no_input

PROGRESS = {"TTY_COMPATIBLE": "1", "TTY_INTERACTIVE": "1"}
"""What rich asks: the page shows colours, and bars that move. Others look at `isatty`, which says no. A user's own
setting wins."""


@contextlib.contextmanager
def settings(wanted: Mapping[str, str]) -> Iterator[None]:
    """These environment variables are set inside this block, but for those that the user has set."""
    added = [name for name in wanted if name not in os.environ]
    os.environ.update({name: wanted[name] for name in added})
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)


@contextlib.contextmanager
def standard_streams(console: Console) -> Iterator[None]:
    """`print`, `input`, `getpass` and `breakpoint` belong to cells inside this block."""
    before = sys.stdin, sys.stdout, sys.stderr, sys.breakpointhook
    getpass_before = getpass.getpass
    sys.stdin, sys.stdout, sys.stderr = NoInput(), console.stdout, console.stderr
    getpass.getpass = _no_password
    if "PYTHONBREAKPOINT" not in os.environ:
        sys.breakpointhook = _no_debugger
    try:
        yield
    finally:
        sys.stdin, sys.stdout, sys.stderr, sys.breakpointhook = before
        getpass.getpass = getpass_before


def _no_password(*_arguments: Any, **_options: Any) -> str:
    """Python's own looks for a terminal, warns that what is typed can be seen, and asks all the same."""
    raise no_input("getpass()")


def _no_debugger(*_arguments: Any, **_options: Any) -> None:
    raise EOFError("a notebook has no terminal for a debugger: name one of your own in PYTHONBREAKPOINT")


@contextlib.contextmanager
def no_watchers() -> Iterator[None]:
    """anywidget watches no files itself inside this block, whatever `ANYWIDGET_HMR` says.

    It has a thread for each of them, and asks nobody. Here files are watched where that was asked for (K8, K11), by
    one task (`reload.py`).
    """
    before = os.environ.pop("ANYWIDGET_HMR", None)
    try:
        yield
    finally:
        if before is not None:
            os.environ["ANYWIDGET_HMR"] = before


@contextlib.contextmanager
def as_script(path: Path, working_folder: Path | None = None) -> Iterator[None]:
    """The process looks inside this block as it would to `python PATH`, run in the script's folder or another."""
    folder = str(path.parent)
    before = sys.argv, sys.path.copy(), Path.cwd()
    sys.argv = [str(path)]
    sys.path.insert(0, folder)
    os.chdir(working_folder or folder)
    try:
        yield
    finally:
        sys.argv, sys.path[:] = before[0], before[1]
        os.chdir(before[2])
