"""What a notebook's own code may call, as `anyhost.NAME`. Each also works in plain Python."""

from __future__ import annotations

import sys


def display(*objects: object) -> None:
    """Show objects below the code that runs: widgets, tables, figures, anything.

    In a notebook this is IPython's `display`. In a script that plain Python runs, it prints.
    """
    ipython = sys.modules.get("IPython")  # a script that only prints need not load it
    if ipython is not None and ipython.get_ipython() is not None:
        ipython.display.display(*objects)
    else:
        for each in objects:
            print(each)
