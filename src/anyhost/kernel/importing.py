"""Whether code runs because a module is being imported."""

from __future__ import annotations

import sys
from types import FrameType


def in_import() -> bool:
    """Whether whoever asks was called by a module's top-level code, other than the notebook's own.

    A module is imported once: what it makes then is there for every cell that imports it, now or later.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        name = frame.f_globals.get("__name__")
        if name == "asyncio.events":
            return False  # the loop: what is below it runs the process
        if frame.f_code.co_name == "<module>":
            return name != "__main__"
        frame = frame.f_back
    return False
