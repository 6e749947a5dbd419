"""Where a Chromium is on this machine."""

from __future__ import annotations

import os
import shutil
from typing import Final

VARIABLE: Final = "ANYHOST_CHROMIUM"
"""The environment variable that names its executable."""

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""Under one of which it may be on the PATH."""


def find_chromium(named: str | None = None, *others: str) -> str | None:
    """The executable that was `named`, or that the environment names, as it was named; else one of `others` (paths),
    or one on the PATH. None: there is none."""
    given = named or os.environ.get(VARIABLE)
    if given:
        return given
    return next((path for path in map(shutil.which, (*others, *NAMES)) if path is not None), None)
