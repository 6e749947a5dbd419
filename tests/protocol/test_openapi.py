from __future__ import annotations

import json

import jsonschema

from anyhost.protocol.openapi import openapi_document

DOCUMENT = openapi_document()
SCHEMAS = DOCUMENT["components"]["schemas"]


def test_every_reference_leads_somewhere() -> None:
    text = json.dumps(DOCUMENT)
    references = [part.split('"')[0] for part in text.split('"$ref": "#/components/schemas/')[1:]]
    assert references
    assert set(references) <= set(SCHEMAS)


def test_set_model_value_takes_what_marimos_clients_send() -> None:
    """Promise of design.md, section 5: its JSON is that of the protocol that this one descends from."""
    schema = {"$ref": "#/components/schemas/SetModelValue", "components": {"schemas": SCHEMAS}}
    request = {
        "modelId": "abc123",
        "message": {"method": "update", "state": {"count": 6}, "bufferPaths": []},
        "buffers": ["AAE="],
    }
    jsonschema.Draft202012Validator(schema).validate(request)
    assert not jsonschema.Draft202012Validator(schema).is_valid(request | {"buffers": [2]})


def test_each_path_answers_with_something_described() -> None:
    for path, operations in DOCUMENT["paths"].items():
        for method, operation in operations.items():
            assert operation["responses"], (path, method)
            assert all(response["description"] for response in operation["responses"].values())


def test_the_document_is_made_anew_for_each_caller() -> None:
    openapi_document()["components"]["schemas"].clear()
    assert openapi_document()["components"]["schemas"] == SCHEMAS
