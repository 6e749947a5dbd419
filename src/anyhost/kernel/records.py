"""Objects that are a set of named fields: dataclasses, attrs classes, msgspec's Structs, pydantic's models.

Their own libraries turn them into dicts all the way down, and flatten (or refuse) the widgets within; here
a field's value is left as it is, so that a widget in it can become a reference (D26, section 2.2).
"""

from __future__ import annotations

import dataclasses
import datetime
import sys
from collections.abc import Callable
from typing import Any

import msgspec

from .references import model_id_of


def is_record_type(kind: type) -> bool:
    """Whether values of this type have fields. Told by marks, so that no library is imported for it."""
    return (
        hasattr(kind, "__dataclass_fields__")
        or hasattr(kind, "__attrs_attrs__")
        or issubclass(kind, msgspec.Struct)
        or _is_pydantic(kind)
    )


def fields_of(value: Any) -> dict[str, Any] | list[Any]:
    """A record's fields by the name that they have on the wire, one level deep.

    As the record's own library has it: renamed, tagged or left-out fields of a Struct, what pydantic's
    serializers make of a field. Private fields stay private.
    """
    kind = type(value)
    if issubclass(kind, msgspec.Struct):
        return _struct_fields(value)
    if _is_pydantic(kind):
        return _pydantic_fields(value)
    if hasattr(kind, "__attrs_attrs__"):
        names = [field.name for field in kind.__attrs_attrs__]
    else:
        names = [field.name for field in dataclasses.fields(value)]
    return {name: getattr(value, name) for name in names if not name.startswith("_") and hasattr(value, name)}


def unfolded(value: Any) -> Any:
    """A value in which records have become dicts, and widgets are the objects that they were."""
    if isinstance(value, dict):
        return {key: unfolded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [unfolded(item) for item in value]
    if is_record_type(type(value)) and model_id_of(value) is None:
        fields = fields_of(value)
        return unfolded(fields)
    return value


def _struct_fields(value: Any) -> dict[str, Any] | list[Any]:
    config = value.__struct_config__
    fields = msgspec.structs.fields(type(value))
    values = {field.encode_name: getattr(value, field.name) for field in fields}
    tag = {} if config.tag is None else {config.tag_field: config.tag}
    if config.array_like:
        return [*tag.values(), *values.values()]
    unset = {name for name, item in values.items() if item is msgspec.UNSET}
    if config.omit_defaults:
        unset |= {field.encode_name for field in fields if _is_default(field, values[field.encode_name])}
    return tag | {name: item for name, item in values.items() if name not in unset}


def _is_default(field: msgspec.structs.FieldInfo, value: Any) -> bool:
    if field.default_factory in (list, dict, set):
        return type(value) is field.default_factory and not value
    return field.default is value or (isinstance(value, str | int | float) and field.default == value)


def _pydantic_fields(value: Any) -> dict[str, Any]:
    """What pydantic makes of it, but for fields that hold a widget: those it flattens or refuses."""
    own = {name: getattr(value, name) for name in type(value).model_fields if hasattr(value, name)}
    held = {name for name, item in own.items() if holds_widget(item)}
    excluded = {name for name in held if type(value).model_fields[name].exclude}
    dumped: dict[str, Any] = value.model_dump(exclude=held)
    return dumped | {name: own[name] for name in held - excluded}


def holds_widget(value: Any) -> bool:
    """Whether a widget is in this value, at any depth."""
    if isinstance(value, dict):
        return any(map(holds_widget, value.values()))
    if isinstance(value, list | tuple | set | frozenset):
        return any(map(holds_widget, value))
    if isinstance(value, str | bytes | int | float | datetime.date | None):
        return False
    if model_id_of(value) is not None:
        return True
    return is_record_type(type(value)) and any(holds_widget(getattr(value, name, None)) for name in _names(type(value)))


def _names(kind: Any) -> list[str]:
    if dataclasses.is_dataclass(kind):
        return [field.name for field in dataclasses.fields(kind)]
    for mark in ("__struct_fields__", "model_fields"):
        if hasattr(kind, mark):
            return list(getattr(kind, mark))
    return [field.name for field in getattr(kind, "__attrs_attrs__", ())]


def _is_pydantic(kind: type) -> bool:
    pydantic = sys.modules.get("pydantic")
    model = getattr(pydantic, "BaseModel", None)
    return isinstance(model, type) and issubclass(kind, model) and hasattr(kind, "model_fields")


GetState = Callable[[Any, "set[str] | None"], dict[str, Any]]
"""How anywidget reads the state of an object that it has not made: the object, and the fields wanted."""


def state_getter(upstream: GetState) -> GetState:
    """Read an object's state as anywidget does, unless it holds widgets: then those stay whole."""

    def get_state(value: Any, include: set[str] | None) -> dict[str, Any]:
        if not any(holds_widget(getattr(value, name, None)) for name in _names(type(value))):
            return upstream(value, include)
        fields = fields_of(value)
        assert isinstance(fields, dict)
        return {name: unfolded(item) for name, item in fields.items() if include is None or name in include}

    return get_state
