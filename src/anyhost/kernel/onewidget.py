"""One widget by name, for `anyhost dev`: the notebook that shows it, and finding and making it."""

from __future__ import annotations

import difflib
import importlib
import inspect
import sys
from typing import Any

from anyhost.cells.notebook import Cell, Notebook, numbered
from anyhost.protocol.messages import RunWidget

from .references import model_id_of


class WidgetError(Exception):
    """What was named is no widget, and makes none. The text says what to name instead."""

    def _render_traceback_(self) -> list[str]:
        """The way to it leads through nobody's code but ours."""
        return []


def widget_notebook(command: RunWidget) -> Notebook:
    """A notebook of one cell, which makes the widget, binds it to `widget` and shows it; first, what the page asks."""
    source = (
        "from anyhost.kernel.inspector import open_inspector\n"
        "from anyhost.kernel.onewidget import make\n\n"
        f"open_inspector()\nwidget = make({command.module!r}, {command.name!r})\nwidget"
    )
    return Notebook(
        name=f"{command.module}:{command.name}", cells=numbered([Cell(kind="code", source=source, raw=source)])
    )


def make(module: str, name: str) -> Any:
    """The widget that a module's class or function makes, or one that it holds.

    Raises `WidgetError`, and what the author's own code raises.
    """
    found: Any = _imported(module)
    for part in name.split("."):
        if not hasattr(found, part):
            raise WidgetError(f"{module} has no {name}{_instead(found, part)}")
        found = getattr(found, part)
    what = f"{module}:{name}"
    if not callable(found) or (not inspect.isclass(found) and model_id_of(found) is not None):
        return _checked(found, what)
    missing = _required(found)
    if missing:
        raise WidgetError(
            f"{name} needs arguments ({', '.join(missing)}). Write a function without arguments that makes one, "
            f"such as `def make(): return {name}(...)`, and run: anyhost dev {module}:make"
        )
    return _checked(found(), what)


def _imported(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        missing = error.name
        if missing is None or not f"{module}.".startswith(f"{missing}."):
            raise  # something that the author's module imports
    raise WidgetError(
        f"there is no module {missing} in {sys.path[0]}, and none is installed. A file is named with its end, as in "
        "my_widget.py:Counter"
    )


def _required(factory: Any) -> list[str]:
    try:
        parameters = inspect.signature(factory).parameters.values()
    except (TypeError, ValueError):  # made in C, or by a metaclass: it will say itself what it needs
        return []
    variadic = inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD
    return [each.name for each in parameters if each.default is each.empty and each.kind not in variadic]


def _checked(widget: Any, what: str) -> Any:
    if not hasattr(widget, "_repr_mimebundle_") and model_id_of(widget) is None:
        raise WidgetError(f"expected {what} to be a widget or to make one, got {type(widget).__name__}")
    return widget


def _instead(holder: Any, name: str) -> str:
    near = difflib.get_close_matches(name, dir(holder), n=1)
    return f"; did you mean {near[0]}?" if near else ""
