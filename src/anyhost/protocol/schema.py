"""The definitions of the wire as JSON Schema, for those who speak it in another language.

`spec/schema.json` is this document; `openapi.py` describes the same messages as HTTP carries them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import msgspec

from . import messages
from .buffers import Buffers
from .codec import LongText

Schema: TypeAlias = dict[str, Any]

LENGTHS: Schema = {
    "description": "Length of each buffer in bytes; the bytes follow the text as binary",
    "type": "array",
    "items": {"type": "integer", "minimum": 0},
}
BASE64: Schema = {
    "description": "Each buffer, in base64",
    "type": "array",
    "items": {"type": "string", "contentEncoding": "base64"},
}

ROOTS: Mapping[str, Any] = {
    "Notification": messages.Notification,
    "Command": messages.Command,
    "LongText": LongText,
}
"""What may be the text of a frame, between a server and a client."""


def schema_document() -> Schema:
    """JSON Schema (2020-12) of every text between a server and its clients."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "anyhost: the wire",
        "description": "What a server and its clients say to each other. docs/messages.md has it for readers.",
        "version": messages.PROTOCOL_VERSION,
        "anyOf": [{"$ref": f"#/$defs/{name}"} for name in ROOTS],
        "$defs": definitions(ROOTS, ref_template="#/$defs/{name}", buffers={"anyOf": [LENGTHS, BASE64]}),
    }


def definitions(roots: Mapping[str, Any], *, ref_template: str, buffers: Schema) -> dict[str, Schema]:
    """The schemas of some types by name, and of all that they are made of. `buffers` is how binary looks there."""

    def schema_hook(type_: type) -> Schema:
        if type_ is Buffers:
            return dict(buffers)
        raise NotImplementedError(f"no JSON Schema for {type_.__name__}")

    found, components = msgspec.json.schema_components(
        roots.values(), schema_hook=schema_hook, ref_template=ref_template
    )
    unions = {name: schema for name, schema in zip(roots, found, strict=True) if name not in components}
    return {**unions, **components}
