"""Figures of matplotlib and plotly, shown in the cell without a magic.

Both ask their environment when they are imported. We never import them: a notebook without figures must
not pay for them. But a warm parent may have imported them before this kernel was there.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Any

INLINE = "module://matplotlib_inline.backend_inline"

SETTINGS = {"MPLBACKEND": INLINE, "PLOTLY_RENDERER": "plotly_mimetype"}
"""How they are told, before they are imported. A user's own setting wins."""


@contextlib.contextmanager
def inline_figures(shell: Any) -> Iterator[None]:
    """What is imported inside this block, or was before it, draws into the cells of this shell."""
    added = [name for name in SETTINGS if name not in os.environ]
    os.environ.update({name: SETTINGS[name] for name in added})
    if os.environ["MPLBACKEND"] == INLINE:
        _configure_matplotlib(shell)
    if "PLOTLY_RENDERER" in added:
        _configure_plotly()
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)


def _configure_matplotlib(shell: Any) -> None:
    matplotlib = sys.modules.get("matplotlib")
    if matplotlib is None:
        return
    backend = sys.modules.get("matplotlib_inline.backend_inline")
    if backend is None:
        # Set, but not loaded: it finds the shell when the first figure loads it.
        matplotlib.rcParams["backend"] = INLINE
        return
    # It was loaded for another shell, or none, and would not notice this one.
    backend.configure_inline_support.current_backend = "unset"
    backend.configure_inline_support(shell, INLINE)


def _configure_plotly() -> None:
    renderers = sys.modules.get("plotly.io._renderers")
    if renderers is not None:
        renderers.renderers.default = SETTINGS["PLOTLY_RENDERER"]
