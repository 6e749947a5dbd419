"""The attributes of live objects, looked at without running their code: for whoever writes `widget.` and waits."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

from traitlets import HasTraits, TraitType

_FUNCTIONS = (FunctionType, BuiltinFunctionType, MethodType, staticmethod, classmethod)


def value_at(value: Any, names: Iterable[str]) -> tuple[bool, Any]:
    """Whether it is known without running code what is behind these dots, and what it is."""
    for name in names:
        found = _static(value, name)
        if isinstance(found, TraitType) and isinstance(value, HasTraits) and name in value._trait_values:
            value = value._trait_values[name]
        elif found is None or hasattr(type(found), "__set__") or isinstance(found, property):
            return False, None
        else:
            value = found
    return True, value


def attributes_of(value: Any, *, run_code: bool) -> list[str]:
    """The names of an object's attributes: with `run_code` as its own `__dir__` has them."""
    if run_code:
        try:
            return dir(value)
        except Exception:  # noqa: BLE001 - an author's `__dir__`
            return []
    return list(type.__dir__(value) if isinstance(value, type) else object.__dir__(value))


def kind_of(value: Any, name: str) -> str:
    """What an attribute is, in jedi's words."""
    found = _static(value, name)
    if isinstance(found, _FUNCTIONS) or inspect.isroutine(found):
        return "function"
    if isinstance(found, type):
        return "class"
    if isinstance(found, ModuleType):
        return "module"
    return "property" if isinstance(found, property) else "instance"


def _static(value: Any, name: str) -> Any:
    try:
        return inspect.getattr_static(value, name)
    except Exception:  # noqa: BLE001 - no such attribute; or an object that is odd even so
        return None
