"""What the `anyhost` command does: its options, the command that they name, and the errors that are for its user."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from anyhost.export.page import NotBuilt
from anyhost.export.running import KernelEnded
from anyhost.kernel.launching import WarmProcess
from anyhost.kernel.process import KernelStartError

from .exporting import export
from .options import USAGE_ERROR, Unusable, parser
from .serving import serve


def run(arguments: Sequence[str], ahead: WarmProcess | None) -> int:
    """Returns the exit code. `ahead`: a process that kernels can be forked from, already started."""
    commands = parser()
    options = commands.parse_args(arguments)
    if options.command is None:
        commands.print_help(sys.stderr)
        return USAGE_ERROR
    try:
        return export(options, ahead) if options.command == "export" else serve(options, ahead)
    except Unusable as error:
        print(f"anyhost: {error}", file=sys.stderr)
        return USAGE_ERROR
    except (KernelStartError, KernelEnded, NotBuilt) as error:
        print(f"anyhost: {error}", file=sys.stderr)
        return 1
