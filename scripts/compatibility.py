"""Would a client of the last declared version still be served? Compares the wire with `spec/baseline/`.

What may change depends on who says it. What the *server sends* may lose nothing that a client relies on,
nor take a form that it does not know; new fields and new kinds of message are ignored by it. What the
*server takes* may ask for nothing more, nor refuse what was good before.

A change that breaks is fine when it is declared: `PROTOCOL_VERSION` raised, and a line in CHANGELOG.md that
says "protocol N". `--declare` then makes what is there now the new baseline.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

Schema: TypeAlias = dict[str, Any]
Said: TypeAlias = Literal["sent", "taken"]

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = ("schema.json", "openapi.json")
SAID: dict[str, Said] = {"Notification": "sent", "Command": "taken", "LongText": "taken"}
"""Who says what, of the texts on a socket, as seen from the server. (A `LongText` goes both ways.)"""


@dataclass(frozen=True)
class Version:
    """The wire at one version: the two documents."""

    schema: Schema
    openapi: Schema

    @classmethod
    def read(cls, folder: Path) -> Version:
        return cls(*(json.loads((folder / name).read_text(encoding="utf-8")) for name in DOCUMENTS))

    @property
    def number(self) -> int:
        return int(self.schema["version"])


def breaks(old: Version, new: Version) -> list[str]:
    """What would break a client of `old` at a server of `new`, one line each."""
    socket = Comparison(old.schema, new.schema)
    http = Comparison(old.openapi, new.openapi)
    found = [
        line
        for name, said in SAID.items()
        for line in socket.of_schemas({"$ref": f"#/$defs/{name}"}, {"$ref": f"#/$defs/{name}"}, name, said)
    ]
    return found + list(http.of_paths())


class Comparison:
    """Of two documents whose schemas refer to others of the same document."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self._old = old
        self._new = new

    def of_paths(self) -> Iterator[str]:
        for path, methods in self._old["paths"].items():
            for method, before in methods.items():
                where = f"{method.upper()} {path}"
                after = self._new["paths"].get(path, {}).get(method)
                if after is None:
                    yield f"{where}: is gone"
                else:
                    yield from self._of_operations(before, after, where)

    def of_schemas(self, old: Schema, new: Schema, where: str, said: Said) -> Iterator[str]:
        before, after = _forms(old, self._old), _forms(new, self._new)
        for form in before.keys() - after.keys():
            if "any JSON" not in after and (said == "taken" or form.startswith("kind ")):
                yield f"{where}: {form} is no longer {said}"
        for form in after.keys() - before.keys():
            if "any JSON" not in before and said == "sent" and not form.startswith("kind "):
                yield f"{where}: {form} is sent now, which an older client does not know"
        for form in before.keys() & after.keys():
            place = f"{where} {form.removeprefix('kind ')}" if form.startswith("kind ") else where
            yield from self._of_forms(before[form], after[form], place, said)

    def _of_operations(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        before = {(each["in"], each["name"]): each for each in old.get("parameters", [])}
        after = {(each["in"], each["name"]): each for each in new.get("parameters", [])}
        for kind, name in before.keys() - after.keys():
            yield f"{where}: {kind} parameter {name} is gone"
        for key, parameter in after.items():
            if parameter.get("required") and not before.get(key, {}).get("required"):
                yield f"{where}: {key[0]} parameter {key[1]} is required now"
            if key in before:
                yield from self.of_schemas(before[key]["schema"], parameter["schema"], f"{where} {key[1]}", "taken")
        yield from self._of_bodies(old.get("requestBody"), new.get("requestBody"), f"{where} request", "taken")
        for status, response in old["responses"].items():
            answer = new["responses"].get(status)
            if answer is None:
                yield f"{where}: the answer {status} is gone"
            yield from self._of_bodies(response, answer, f"{where} {status}", "sent")

    def _of_bodies(self, old: Schema | None, new: Schema | None, where: str, said: Said) -> Iterator[str]:
        after = (new or {}).get("content", {})
        for media_type, body in (old or {}).get("content", {}).items():
            if media_type in after:
                yield from self.of_schemas(body["schema"], after[media_type]["schema"], where, said)
            elif new is not None:
                yield f"{where}: {media_type} is gone"

    def _of_forms(self, old: Schema, new: Schema, where: str, said: Said) -> Iterator[str]:
        if "enum" in old or "enum" in new:
            yield from _of_enums(old, new, where, said)
        yield from _of_bounds(old, new, where, said)
        yield from self._of_objects(old, new, where, said)
        for word in ("items", "additionalProperties"):
            if isinstance(old.get(word), dict) and isinstance(new.get(word), dict):
                yield from self.of_schemas(old[word], new[word], f"{where}[]", said)
        parts, now = old.get("prefixItems", []), new.get("prefixItems", [])
        for index, (before, after) in enumerate(zip(parts, now, strict=False)):
            yield from self.of_schemas(before, after, f"{where}[{index}]", said)

    def _of_objects(self, old: Schema, new: Schema, where: str, said: Said) -> Iterator[str]:
        fields, now = old.get("properties", {}), new.get("properties", {})
        needed, needed_now = set(old.get("required", [])), set(new.get("required", []))
        for name, before in fields.items():
            if name not in now:
                yield f"{where}.{name}: is gone"
                continue
            after = now[name]
            if before.get("default") != after.get("default") and name not in needed | needed_now:
                meant, was = after.get("default"), before.get("default")
                yield f"{where}.{name}: without it, {meant!r} is meant now, not {was!r}"
            yield from self.of_schemas(before, after, f"{where}.{name}", said)
        if said == "taken":
            yield from (f"{where}.{name}: is required now" for name in sorted(needed_now - needed))
        else:
            yield from (f"{where}.{name}: may be missing now" for name in sorted(needed & now.keys() - needed_now))


def _forms(schema: Schema, document: Schema) -> dict[str, Schema]:
    """The alternatives of a schema: by kind where messages are tagged, otherwise by JSON type."""
    schema = _resolved(schema, document)
    if "anyOf" not in schema:
        return {_form_of(schema): schema}
    tag_field = schema.get("discriminator", {}).get("propertyName")
    forms: dict[str, Schema] = {}
    for part in schema["anyOf"]:
        if tag_field is None:
            forms |= _forms(part, document)
        else:
            resolved = _resolved(part, document)
            forms[f"kind {resolved['properties'][tag_field]['enum'][0]}"] = resolved
    return forms


def _form_of(schema: Schema) -> str:
    if "type" not in schema:
        return "text" if "enum" in schema else "any JSON"
    items = schema.get("items")
    # The two forms of `buffers` are both arrays; what is in them tells them apart.
    if isinstance(items, dict) and "type" in items:
        return f"{schema['type']} of {items['type']}"
    return str(schema["type"])


def _resolved(schema: Schema, document: Schema) -> Schema:
    while "$ref" in schema:
        found: Any = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found.get(part, {})
        schema = found
    return schema


def _of_enums(old: Schema, new: Schema, where: str, said: Said) -> Iterator[str]:
    before, after = set(old.get("enum", [])), set(new.get("enum", []))
    if said == "taken" and after:
        yield from (f"{where}: {value!r} is no longer taken" for value in sorted(before - after))
        if not before:
            yield f"{where}: only {sorted(after)} are taken now"
    if said == "sent" and before:
        yield from (f"{where}: {value!r} is sent now" for value in sorted(after - before))
        if not after:
            yield f"{where}: anything but {sorted(before)} may be sent now"


def _of_bounds(old: Schema, new: Schema, where: str, said: Said) -> Iterator[str]:
    for word in ("minimum", "minLength", "minItems", "maximum", "maxLength", "maxItems"):
        low = word.startswith("min")
        none = float("-inf") if low else float("inf")
        before, after = old.get(word, none), new.get(word, none)
        narrower = after > before if low else after < before
        if before != after and narrower == (said == "taken"):
            yield f"{where}: {word} is {after} now, not {before}"


def is_declared(old: Version, new: Version, changelog: str) -> bool:
    """Whether the version was raised, and the change log says so."""
    return new.number > old.number and re.search(rf"\bprotocol {new.number}\b", changelog, re.IGNORECASE) is not None


def main(arguments: list[str], root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--declare", action="store_true", help="make what is in spec/ now the baseline")
    declare = parser.parse_args(arguments).declare
    spec, baseline, changelog = root / "spec", root / "spec/baseline", root / "CHANGELOG.md"
    new = Version.read(spec)
    found = breaks(Version.read(baseline), new) if baseline.is_dir() else []
    if found and not is_declared(Version.read(baseline), new, changelog.read_text() if changelog.is_file() else ""):
        print("This would break an older client:")
        print(*(f"  {line}" for line in found), sep="\n")
        print("Undo it, or declare it: raise PROTOCOL_VERSION, and say in CHANGELOG.md what changes with protocol N.")
        return 1
    if declare:
        baseline.mkdir(exist_ok=True)
        for name in DOCUMENTS:
            (baseline / name).write_bytes((spec / name).read_bytes())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
