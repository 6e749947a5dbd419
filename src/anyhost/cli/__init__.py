"""The `anyhost` command. It starts the process that kernels are forked from before it loads the rest of us.

Each takes 0.2 to 0.3 seconds, and so they take them side by side; nothing imported here takes its time.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from importlib import import_module

from anyhost.kernel.launching import WarmProcess

_WITH_KERNELS = ("run", "edit", "dev", "demo", "export")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Returns the exit code: 0 when it ended as asked, 2 for what the user can put right, else 1."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        with ExitStack() as stack:
            ahead: WarmProcess | None = None
            if sys.platform == "linux" and arguments and arguments[0] in _WITH_KERNELS:
                with suppress(OSError):  # said when the first kernel cannot be started, either
                    ahead = stack.enter_context(WarmProcess.start())
            code: int = import_module(".commands", __name__).run(arguments, ahead)
            return code
    except KeyboardInterrupt:  # before the server took the signal over, or after
        return 130
