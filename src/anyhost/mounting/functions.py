"""Functions by name, for another process: "module:qualified.name"."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

_REMEDY = "write it with `def` at the top level of a module that the app imports"


def name_of(function: Callable[..., Any]) -> str:
    """The name under which another process finds this function.

    Raises `TypeError`, which says what to do, for one that has none.
    """
    module, name = getattr(function, "__module__", None), getattr(function, "__qualname__", None)
    if not isinstance(module, str) or not isinstance(name, str) or "<lambda>" in name:
        raise TypeError(f"expected a function that another process can import, got {function!r}: {_REMEDY}")
    if "<locals>" in name:
        raise TypeError(f"{name} is made inside of a function, where another process cannot find it: {_REMEDY}")
    if module in ("__main__", "__mp_main__"):
        raise TypeError(
            f"{name} is in the file that is run itself, which another process cannot import: move it to a module, or "
            "start the app by its name, as in `uvicorn app:app`"
        )
    return f"{module}:{name}"


def found_name_of(function: Callable[..., Any]) -> str:
    """The same, of a function whose module is imported: what has that name has to be this function.

    Raises `TypeError`.
    """
    name = name_of(function)
    try:
        found = function_named(name) if name.partition(":")[0] in sys.modules else None
    except AttributeError:
        found = None
    if found is not function:
        raise TypeError(
            f"expected to find {function!r} as {name}, where another process will look for it, and found {found!r}"
        )
    return name


def function_named(name: str) -> Any:
    """Raises what importing its module raises, and `AttributeError`."""
    module, _, qualified = name.partition(":")
    return reduce(getattr, qualified.split("."), importlib.import_module(module))


def import_path() -> list[str]:
    """Where this process looks for modules, for another one, which may be elsewhere."""
    return [str(Path(folder).absolute()) for folder in sys.path]
