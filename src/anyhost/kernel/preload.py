"""What kernels share: modules that are imported once, in the warm parent, before a kernel is forked.

A fork copies memory but only one thread, so a library that has threads running, or a lock held by one, is
broken in the copy. `BEAR_FORKING` names those that were tried, and each is still tried on the user's own
machine and version first, in a process that is thrown away (`bears_forking`).
"""

from __future__ import annotations

import gc
import importlib
import os
import time
from collections.abc import Iterable

FIRST = ("IPython.core.interactiveshell", "ipywidgets", "anywidget")
"""Imported before the first kernel. Nothing here imports numpy or matplotlib, which would cost it 150 to 600 ms."""

BEAR_FORKING = frozenset(
    {
        "altair",
        "drawdata",
        # `import duckdb` starts no thread; the first connection does, and that is the kernel's own.
        "duckdb",
        "matplotlib",
        "narwhals",
        # numpy and scipy: OpenBLAS ends its threads before a fork, and starts them again when they are needed.
        "numpy",
        "pandas",
        "PIL",
        "plotly",
        "psygnal",
        "pyarrow",
        "quak",
        "scipy",
        "traitlets",
        "wigglystuff",
    }
)
"""Top-level names of libraries that may be imported before forking.

Not polars (its Rust thread pool and its allocator do not survive a fork), torch, tensorflow and jax (threads,
and devices that are bound to the process), grpc and ray (threads), jscatter and scikit-learn (OpenMP's pool
hangs in a forked copy once it was used).
"""

# Arrow's allocator has a background thread, which it does not have in a forked copy in any case.
_ENVIRONMENT = {"JE_ARROW_MALLOC_CONF": "background_thread:false"}


def choose(modules: Iterable[str]) -> list[str]:
    """Those that may be imported before forking, in order, without repetition."""
    return list(dict.fromkeys(name for name in modules if name.partition(".")[0] in BEAR_FORKING))


def prepare() -> list[str]:
    """Set what libraries must find in the environment before they are imported; the names that were set."""
    added = [name for name in _ENVIRONMENT if name not in os.environ]
    os.environ.update({name: _ENVIRONMENT[name] for name in added})
    return added


def load(module: str) -> bool:
    """Import a module, whatever its code may raise; say whether that worked."""
    try:
        importlib.import_module(module)
    except BaseException:  # noqa: BLE001 - a library's code, Rust's panics included; a kernel that imports it shows them
        return False
    return True


def bears_forking(module: str) -> bool:
    """Import a module that a kernel could be forked after. For a process that is then thrown away."""
    return load(module) and threads() == 1


def settle() -> None:
    """Make what is there cheap to share: collected first, and then out of the collector's sight.

    A collection in a kernel would otherwise write to every object, and thereby copy every page.
    """
    gc.collect()
    gc.freeze()


def threads() -> int:
    """How many threads this process has, those of C libraries included, once a fork has given those that
    know about forking the occasion to end."""
    if _count_threads() > 1:
        pid = os.fork()
        if not pid:
            os._exit(0)
        os.waitpid(pid, 0)
    # A thread that has been joined is listed for a moment longer.
    for _ in range(20):
        if _count_threads() == 1:
            break
        time.sleep(0.005)
    return _count_threads()


def _count_threads() -> int:
    return len(os.listdir("/proc/self/task"))  # noqa: PTH208 - before each fork, and it costs the parent less
