"""The `anyhost` command."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from anyhost.export.page import NotBuilt
from anyhost.export.running import KernelEnded
from anyhost.kernel.process import KernelStartError

from .exporting import export
from .options import USAGE_ERROR, Unusable, parser
from .serving import serve


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Returns the exit code: 0 when it ended as asked, 2 for what the user can put right, else 1."""
    commands = parser()
    options = commands.parse_args(arguments)
    if options.command is None:
        commands.print_help(sys.stderr)
        return USAGE_ERROR
    try:
        return export(options) if options.command == "export" else serve(options)
    except Unusable as error:
        print(f"anyhost: {error}", file=sys.stderr)
        return USAGE_ERROR
    except (KernelStartError, KernelEnded, NotBuilt) as error:
        print(f"anyhost: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # before the server took the signal over, or after
        return 130
