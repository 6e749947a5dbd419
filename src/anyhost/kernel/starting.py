"""How kernels are started on this machine."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from .child import DEFAULT_MAIN
from .forkserver import ForkServer
from .spawn import SpawnStarter
from .stdio import OnLine, print_line


def kernels_of_this_platform(
    preload: Iterable[str] = (), *, main: str = DEFAULT_MAIN, on_line: OnLine = print_line
) -> ForkServer | SpawnStarter:
    """Kernels are forked where that is safe; macOS's own libraries do not bear it. An async context manager.

    `preload`: modules that they are likely to import; of these they share what bears forking.
    """
    if sys.platform != "linux":
        return SpawnStarter(main=main, on_line=on_line)
    kernels = ForkServer(main=main, on_line=on_line)
    kernels.preload(preload)
    return kernels
