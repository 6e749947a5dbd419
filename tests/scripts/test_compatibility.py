from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from compatibility import DOCUMENTS, ROOT, Version, breaks, main

Change: TypeAlias = Callable[[Version], object]

NOW = Version.read(ROOT / "spec")


def changed(change: Change) -> list[str]:
    """What breaks once `change` was made to the wire."""
    new = copy.deepcopy(NOW)
    change(new)
    return breaks(NOW, new)


def defs(wire: Version) -> dict[str, Any]:
    found: dict[str, Any] = wire.schema["$defs"]
    return found


def prop(wire: Version, name: str, field: str) -> dict[str, Any]:
    found: dict[str, Any] = defs(wire)[name]["properties"][field]
    return found


HARMLESS: dict[str, Change] = {
    "nothing": lambda _: None,
    "a new field of a notification": lambda new: defs(new)["Pong"]["properties"].update(new={"type": "string"}),
    "a new optional field of a command": lambda new: defs(new)["Ping"]["properties"].update(new={"type": "string"}),
    "a new kind of notification": lambda new: (
        defs(new).update(New={"type": "object", "properties": {"op": {"enum": ["new"]}}, "required": ["op"]}),
        defs(new)["Notification"]["anyOf"].append({"$ref": "#/$defs/New"}),
    ),
    "a command takes null as well": lambda new: defs(new)["ModelCommand"]["properties"].update(
        modelId={"anyOf": [{"type": "string"}, {"type": "null"}]}
    ),
    "a command asks for less": lambda new: defs(new)["ModelCommand"]["required"].remove("modelId"),
    "a notification always says": lambda new: defs(new)["Pong"]["required"].append("seq"),
    "a notification says fewer values": lambda new: prop(new, "KernelStatus", "status")["enum"].remove("busy"),
    "a description": lambda new: defs(new)["Pong"].update(description="other words"),
    "a new path": lambda new: new.openapi["paths"].update({"/new": {"get": {"responses": {"200": {}}}}}),
}

BREAKING: dict[str, tuple[Change, str]] = {
    "a notification is gone": (
        lambda new: defs(new)["Notification"]["anyOf"].remove({"$ref": "#/$defs/Pong"}),
        "Notification: kind pong is no longer sent",
    ),
    "a command is gone": (
        lambda new: defs(new)["Command"]["anyOf"].remove({"$ref": "#/$defs/Ping"}),
        "Command: kind ping is no longer taken",
    ),
    "a field is gone": (
        lambda new: defs(new)["CellInfo"]["properties"].pop("source"),
        "Notification notebook.cells[].source: is gone",
    ),
    "another type": (
        lambda new: prop(new, "ModelAck", "command_id").update(type="string"),
        "Notification model-ack.command_id: string is sent now, which an older client does not know",
    ),
    "a command takes another type": (
        lambda new: prop(new, "ModelCommand", "modelId").update(type="integer"),
        "Command model.modelId: string is no longer taken",
    ),
    "a notification may leave out a field": (
        lambda new: defs(new)["Gap"]["required"].remove("model_ids"),
        "Notification gap.model_ids: may be missing now",
    ),
    "a command needs a new field": (
        lambda new: (
            defs(new)["Ping"]["properties"].update(why={"type": "string"}),
            defs(new)["Ping"]["required"].append("why"),
        ),
        "Command ping.why: is required now",
    ),
    "a notification has a new value": (
        lambda new: prop(new, "KernelStatus", "status")["enum"].append("asleep"),
        "Notification kernel.status: 'asleep' is sent now",
    ),
    "another default": (
        lambda new: prop(new, "CellOutput", "update").update(default=True),
        "Notification cell-lifecycle.message output.update: without it, True is meant now, not False",
    ),
    "a command is more strictly bounded": (
        lambda new: prop(new, "ModelCommand", "modelId").update(minLength=20),
        "Command model.modelId: minLength is 20 now, not 1",
    ),
    "a field of a variant is gone": (
        lambda new: defs(new)["ModelUpdateRequest"]["properties"].pop("bufferPaths"),
        "Command model.message update.bufferPaths: is gone",
    ),
    "binary takes another form": (
        lambda new: prop(new, "ModelCommand", "buffers")["anyOf"].pop(0),
        "Command model.buffers: array of integer is no longer taken",
    ),
    "a path is gone": (
        lambda new: new.openapi["paths"].pop("/api/kernel/set_model_value"),
        "POST /api/kernel/set_model_value: is gone",
    ),
    "HTTP needs a new field": (
        lambda new: new.openapi["components"]["schemas"]["SetModelValue"]["required"].append("commandId"),
        "POST /api/kernel/set_model_value request.commandId: is required now",
    ),
    "a header is gone": (
        lambda new: new.openapi["paths"]["/api/kernel/set_model_value"]["post"]["parameters"].pop(),
        "POST /api/kernel/set_model_value: header parameter Marimo-Session-Id is gone",
    ),
}


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_a_harmless_change_breaks_no_older_client(change: Change) -> None:
    assert changed(change) == []


@pytest.mark.parametrize(("change", "expected"), BREAKING.values(), ids=BREAKING)
def test_a_change_that_breaks_an_older_client_is_named(change: Change, expected: str) -> None:
    assert expected in changed(change)


def repository(folder: Path, *, version: int = 1, changelog: str = "") -> Path:
    """A repository whose wire has lost a field since its baseline."""
    (folder / "spec/baseline").mkdir(parents=True)
    for name in DOCUMENTS:
        content = (ROOT / "spec" / name).read_text(encoding="utf-8")
        (folder / "spec/baseline" / name).write_text(content, encoding="utf-8")
        (folder / "spec" / name).write_text(content, encoding="utf-8")
    schema = json.loads((folder / "spec/schema.json").read_text(encoding="utf-8"))
    schema["version"] = version
    del schema["$defs"]["Gap"]["properties"]["model_ids"]
    (folder / "spec/schema.json").write_text(json.dumps(schema), encoding="utf-8")
    (folder / "CHANGELOG.md").write_text(changelog, encoding="utf-8")
    return folder


@pytest.mark.parametrize(("version", "changelog"), [(1, ""), (2, "nothing"), (1, "- protocol 1"), (2, "- protocol 20")])
def test_a_break_that_is_not_declared_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], version: int, changelog: str
) -> None:
    root = repository(tmp_path, version=version, changelog=changelog)
    assert main([], root) == main(["--declare"], root) == 1
    assert "Notification gap.model_ids: is gone" in capsys.readouterr().out


def test_a_declared_break_passes_and_becomes_the_baseline(tmp_path: Path) -> None:
    root = repository(tmp_path, version=2, changelog="- Protocol 2: `gap` no longer names models.")
    assert main([], root) == 0
    assert main(["--declare"], root) == 0
    assert Version.read(root / "spec/baseline") == Version.read(root / "spec")


def test_this_repository_breaks_no_older_client() -> None:
    assert main([]) == 0
