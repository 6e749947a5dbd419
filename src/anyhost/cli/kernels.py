"""How the command starts kernels."""

from __future__ import annotations

import sys

from anyhost.kernel.forkserver import ForkServer
from anyhost.kernel.spawn import SpawnStarter


def kernels_of_this_platform(preload: list[str]) -> ForkServer | SpawnStarter:
    """Kernels are forked where that is safe; macOS's own libraries do not bear it."""
    if sys.platform != "linux":
        return SpawnStarter()
    kernels = ForkServer()
    kernels.preload(preload)
    return kernels
