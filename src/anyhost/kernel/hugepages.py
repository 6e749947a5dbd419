"""Large pieces of memory in a kernel come as huge pages, where the system gives them to those who ask.

A widget that takes 50 MB from the page copies them, and so does most of what a notebook then computes. In pages of
4 KiB the system's work for 12,000 faults is four times what the copy takes. glibc asks for huge pages
only if told so in the environment that it starts with; the notebook, and what it starts, need not see that.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

_VARIABLE = "GLIBC_TUNABLES"
_SETTING = "glibc.malloc.hugetlb"
_ASK = f"{_SETTING}=1:"  # before what the user has set


def asked_for(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment for a kernel's new process. What its user has set about huge pages stays."""
    given = environment.get(_VARIABLE, "")
    if _SETTING in given:
        return dict(environment)
    return {**environment, _VARIABLE: _ASK + given}


def forget() -> None:
    """Take `asked_for` out of this process's environment again: its memory is set up."""
    given = os.environ.pop(_VARIABLE, "").removeprefix(_ASK)
    if given:
        os.environ[_VARIABLE] = given
