"""Figures of matplotlib and plotly, shown in the cell without a magic; and matplotlib's as widgets, with one.

Both ask their environment when they are imported. We never import them: a notebook without figures must
not pay for them. But a warm parent may have imported them before this kernel was there.
"""

from __future__ import annotations

import contextlib
import importlib
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
        # Set, but not loaded: it finds the shell when the first figure loads it. As a plain dict: to see whether
        # there is such a backend matplotlib would read the entry points of all that is installed.
        dict.__setitem__(matplotlib.rcParams, "backend", INLINE)
        return
    # It was loaded for another shell, or none, and would not notice this one.
    backend.configure_inline_support.current_backend = "unset"
    backend.configure_inline_support(shell, INLINE)


def name_inline_by_module() -> None:
    """`%matplotlib inline` calls the backend just "inline", and `interact` knows it by the name of its module only.

    Then what its function draws, and does not show, would never be seen (ipywidgets 8.1).
    """
    settings = sys.modules["matplotlib"].rcParams
    if dict.get(settings, "backend") == "inline":
        dict.__setitem__(settings, "backend", INLINE)


def figures_as_widgets(shell: Any) -> None:
    """What `%matplotlib widget` needs of ipympl. Raises `ModuleNotFoundError`, shown with a remedy, without it."""
    backend: Any = importlib.import_module("ipympl.backend_nbagg")
    # It shows figures after each cell of the shell that it was first imported for. Twice is once.
    shell.events.register("post_execute", backend.flush_figures)
    # Its timers are those of tornado's loop, which is Jupyter's: on ours no animation would move.
    timers = importlib.import_module("matplotlib.backends.backend_webagg_core")
    backend.TimerTornado = getattr(timers, "TimerAsyncio", timers.TimerTornado)


def forget_figure(widget: Any) -> None:
    """If this is one of pyplot's figures, let it be pyplot's no more, so that its number is free.

    pyplot keeps each figure until somebody closes it. A cell that makes one and runs a hundred times would leave a
    hundred; and one that says `plt.figure(1)` would draw into the one that is about to leave the page.
    """
    pyplot, canvases = map(sys.modules.get, ("matplotlib._pylab_helpers", "matplotlib.backend_bases"))
    if pyplot is None or canvases is None or not isinstance(widget, canvases.FigureCanvasBase):
        return
    manager = widget.manager
    if manager is not None and pyplot.Gcf.figs.get(manager.num) is manager:
        del pyplot.Gcf.figs[manager.num]
        if hasattr(manager, "_cidgcf"):
            widget.mpl_disconnect(manager._cidgcf)  # a click would make it the current figure, and so known again


def _configure_plotly() -> None:
    renderers = sys.modules.get("plotly.io._renderers")
    if renderers is not None:
        renderers.renderers.default = SETTINGS["PLOTLY_RENDERER"]
