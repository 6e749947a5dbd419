"""The shell as part of a process: nothing around it changes before it is opened, and all is put back after it."""

from __future__ import annotations

import builtins
import sys
from typing import Any

from IPython.core.getipython import get_ipython

from anyhost.kernel.shell import Shell

PROCESS_WIDE = ("__IPYTHON__", "display")


def surroundings() -> tuple[Any, ...]:
    return (
        get_ipython(),
        sys.modules["__main__"],
        sys.stdout,
        sys.displayhook,
        sys.excepthook,
        hasattr(sys, "ps1"),
        *(vars(builtins).get(name) for name in PROCESS_WIDE),
    )


class Sink:
    """Shows nothing."""


def test_a_shell_that_is_made_ahead_of_a_fork_is_seen_by_nobody() -> None:
    """Libraries that are preloaded after it ask whether they are in IPython, and would remember the answer."""
    before = surroundings()
    Shell()
    assert surroundings() == before


def test_a_shell_that_was_made_before_becomes_the_processes_and_gives_it_back() -> None:
    before = surroundings()
    prepared = Shell(sink=Sink())
    with prepared.opened():
        assert get_ipython() is prepared
        assert sys.modules["__main__"] is prepared.user_module
        assert all(name in vars(builtins) for name in PROCESS_WIDE)
    assert surroundings() == before
