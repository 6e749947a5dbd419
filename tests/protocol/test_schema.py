from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from anyhost.protocol.codec import LongText, encode_frame
from anyhost.protocol.schema import ROOTS, schema_document

DOCUMENT = schema_document()
SPEC = json.loads((Path(__file__).parents[2] / "spec/malformed.json").read_text(encoding="utf-8"))


def validator(root: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator({"$ref": f"#/$defs/{root}", "$defs": DOCUMENT["$defs"]})


def test_the_document_is_json_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(DOCUMENT)


@pytest.mark.parametrize("root", ["Notification", "Command"])
def test_the_schema_takes_whole_messages_and_refuses_malformed_ones(root: str) -> None:
    schema = validator(root)
    for case in SPEC[root]:
        schema.validate(case["whole"])
        for path, value in case["wrong"].items():
            *outer, field = path.split(".")
            wrong: dict[str, Any] = json.loads(json.dumps(case["whole"]))
            holder = wrong[outer[0]] if outer else wrong
            holder[field] = value
            assert not schema.is_valid(wrong), f"{path}: {wrong}"


def test_an_announced_text_is_described() -> None:
    assert "LongText" in ROOTS
    validator("LongText").validate(json.loads(encode_frame(LongText(text=5, total=7)).text))


def test_everything_that_is_defined_is_reached() -> None:
    text = json.dumps(DOCUMENT)
    assert all(f'"#/$defs/{name}"' in text for name in DOCUMENT["$defs"])
