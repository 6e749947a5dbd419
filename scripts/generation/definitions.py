"""What the generators ask about the msgspec definitions."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType, UnionType
from typing import Any, get_args

import msgspec
from msgspec import inspect as mi

from anyhost.protocol.buffers import Buffers


def unions_of(module: ModuleType) -> dict[frozenset[type], str]:
    """The names of a module's unions, by their members."""
    return {frozenset(get_args(value)): name for name, value in vars(module).items() if isinstance(value, UnionType)}


def members_of(union: Any) -> Iterator[mi.StructType]:
    """The structs of a union, in order."""
    for member in get_args(union) or (union,):
        info = mi.type_info(member)
        if isinstance(info, mi.StructType):
            yield info


def description_of(field: mi.Field) -> str:
    """What the field's `Meta` says of it."""
    extra = field.type.extra_json_schema if isinstance(field.type, mi.Metadata) else None
    return str((extra or {}).get("description", ""))


def default_of(field: mi.Field) -> Any:
    """The default of a field that is not required, as it would be in JSON."""
    if field.default is not msgspec.NODEFAULT:
        return field.default
    made = field.default_factory()
    return [] if isinstance(made, Buffers) else made
