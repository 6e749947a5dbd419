"""`spec/malformed.json`: each message of the socket, whole, and wrong in one field at a time.

Both languages refuse each of them, with an error that names the field.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import inspect as mi

from anyhost.protocol.buffers import Buffers

from .definitions import members_of

_SAMPLES: dict[type[mi.Type], Any] = {
    mi.StrType: "x",
    mi.IntType: 1,
    mi.FloatType: 0.5,
    mi.BoolType: True,
    mi.RawType: {"any": "value"},
    mi.DictType: {},
    mi.ListType: [],
    mi.CustomType: [],
}

WRONG_KIND = {"wrong": "kind"}
"""Wrong where anything but an object is expected."""


def malformed_document(roots: Mapping[str, Any]) -> dict[str, Any]:
    """For each root, whole messages, each with what would make it malformed."""
    return {
        "about": "Each `whole` message is good. It is malformed without a field of `required`, and with the value that "
        "`wrong` has for a field. Fields are named by their path.",
        **{name: [_case(*whole) for whole in _wholes(union)] for name, union in roots.items()},
    }


def _case(whole: dict[str, Any], fields: list[tuple[str, bool, Any]]) -> dict[str, Any]:
    return {
        "whole": whole,
        "required": [path for path, required, _ in fields if required],
        "wrong": {path: wrong for path, _, wrong in fields if wrong is not None},
    }


def _wholes(union: Any) -> Iterator[tuple[dict[str, Any], list[tuple[str, bool, Any]]]]:
    """A sample of each struct and of each variant of its `message`, with the fields as (path, required, wrong)."""
    for struct in members_of(union):
        inner = [field for field in struct.fields if field.encode_name == "message" and _variants(field)]
        if not inner:
            yield _sample(struct), _fields(struct, "")
        for field in inner:
            for variant in _variants(field):
                whole = _sample(struct) | {field.encode_name: _sample(variant)}
                yield whole, _fields(struct, "") + _fields(variant, f"{field.encode_name}.")


def _variants(field: mi.Field) -> list[mi.StructType]:
    types = field.type.types if isinstance(field.type, mi.UnionType) else ()
    return [type_ for type_ in types if isinstance(type_, mi.StructType)]


def _fields(struct: mi.StructType, prefix: str) -> list[tuple[str, bool, Any]]:
    tag = [(f"{prefix}{struct.tag_field}", True, 5)] if struct.tag_field else []
    # What is any JSON may be left out in TypeScript, where nothing tells it from `undefined`.
    return tag + [
        (f"{prefix}{field.encode_name}", field.required and not _is_any(field), _wrong(field.type))
        for field in struct.fields
    ]


def _is_any(field: mi.Field) -> bool:
    return isinstance(field.type, mi.RawType)


def _sample(struct: mi.StructType) -> dict[str, Any]:
    tag = {struct.tag_field: struct.tag} if struct.tag_field else {}
    return tag | {field.encode_name: _sample_of(field.type) for field in struct.fields}


def _sample_of(type_: mi.Type) -> Any:
    match type_:
        case mi.Metadata(type=inner):
            return _sample_of(inner)
        case mi.UnionType(types=types):
            return _sample_of(next(member for member in types if not isinstance(member, mi.NoneType)))
        case mi.LiteralType(values=values):
            return values[0]
        case mi.StructType():
            return _sample(type_)
    return _SAMPLES[type(type_)]


def _wrong(type_: mi.Type) -> Any:
    """A value that a field of this type must refuse; None where it takes anything."""
    match type_:
        case mi.Metadata(type=inner):
            return _wrong(inner)
        case mi.RawType():
            return None
        case mi.DictType() | mi.StructType():
            return 5
        case mi.CustomType(cls=cls) if cls is Buffers:
            return 5
        case mi.UnionType() if all(isinstance(member, mi.StructType | mi.NoneType) for member in type_.types):
            return 5
    return WRONG_KIND
