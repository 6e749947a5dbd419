"""How kernels are started on this machine."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from .forkserver import ForkServer
from .launching import DEFAULT_MAIN, WarmProcess
from .spawn import SpawnStarter
from .stdio import OnLine, print_line


def kernels_of_this_platform(
    preload: Iterable[str] = (),
    *,
    main: str = DEFAULT_MAIN,
    on_line: OnLine = print_line,
    ahead: WarmProcess | None = None,
) -> ForkServer | SpawnStarter:
    """Kernels are forked where that is safe; macOS's own libraries do not bear it. An async context manager.

    `preload`: modules that they are likely to import; of these they share what bears forking. `ahead`: a warm parent
    for this `main`, already started.
    """
    if sys.platform != "linux":
        return SpawnStarter(main=main, on_line=on_line)
    kernels = ForkServer(main=main, on_line=on_line, ahead=ahead)
    kernels.preload(preload)
    return kernels
