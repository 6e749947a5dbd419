"""What code finds around it in a process that runs a notebook, with an undo for each change.

`patches.py` changes what sessions share; this is for a process, or a test, that has one notebook only.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from .console import Console, NoInput


@contextlib.contextmanager
def standard_streams(console: Console) -> Iterator[None]:
    """`print` and `input` belong to cells inside this block."""
    before = sys.stdin, sys.stdout, sys.stderr
    sys.stdin, sys.stdout, sys.stderr = NoInput(), console.stdout, console.stderr
    try:
        yield
    finally:
        sys.stdin, sys.stdout, sys.stderr = before


@contextlib.contextmanager
def as_script(path: Path) -> Iterator[None]:
    """The process looks inside this block as it would to `python PATH`, run in the script's folder."""
    folder = str(path.parent)
    before = sys.argv, sys.path.copy(), Path.cwd()
    sys.argv = [str(path)]
    sys.path.insert(0, folder)
    os.chdir(folder)
    try:
        yield
    finally:
        sys.argv, sys.path[:] = before[0], before[1]
        os.chdir(before[2])
