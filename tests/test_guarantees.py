"""`docs/guarantees.md` says what the code does: its limits are those of the code, and the tests that it names exist."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import math
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from anyhost.server.livesocket import LiveSocket
from anyhost.server.modules import ModuleStore
from anyhost.server.settings import Settings
from anyhost.session.settings import FoldLimits, PoolSettings, SessionSettings

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "guarantees.md").read_text(encoding="utf-8")

UNITS = {"GiB": 1 << 30, "MiB": 1 << 20, "KiB": 1 << 10, "h": 3600, "min": 60, "s": 1, "ms": 0.001}
DEFAULTS: dict[str, dict[str, object]] = {
    "SessionSettings": dataclasses.asdict(SessionSettings()),
    "PoolSettings": dataclasses.asdict(PoolSettings()),
    "FoldLimits": dataclasses.asdict(FoldLimits()),
    "Settings": dataclasses.asdict(Settings(title="", token=None)),
    "LiveSocket": {"silence": LiveSocket.silence},
    "ModuleStore": {name: one.default for name, one in inspect.signature(ModuleStore).parameters.items()},
}
NO_LIMITS = {"SessionSettings.fold", "PoolSettings.spare"}
"""Settings that limit nothing themselves."""


def rows() -> Iterator[tuple[str, list[float], str]]:
    """The table of limits: what is limited, its amounts in bytes or seconds, and where they are set."""
    table = PAGE.partition("\n## Limits\n")[2].partition("\n## ")[0]
    for line in table.splitlines():
        if line.startswith("| ") and not line.startswith("| what |"):
            what, limit, where, *_ = (cell.strip() for cell in line.strip("|").split("|"))
            yield what, [amount(text.replace("~", ",")) for text in re.sub(r",(?=\d)", "~", limit).split(", ")], where


def amount(text: str) -> float:
    found = re.match(r"([\d.,]+) ?(\w+)?", text)
    assert found, text
    return float(found[1].replace(",", "")) * UNITS.get(found[2] or "", 1)


def value_of(name: str, file: str | None) -> float:
    """A default, or a constant in a file of either language."""
    if file is None:
        owner, field = name.split(".")
        value = DEFAULTS[owner][field]
    elif file.endswith(".py"):
        module = file.removeprefix("src/").removesuffix(".py").replace("/", ".")
        value = getattr(importlib.import_module(module), name)
    else:
        value = constant_of(name, file)
    assert isinstance(value, int | float), value
    return value


def constant_of(name: str, file: str) -> float:
    """A number of a TypeScript file, or a product of some; in seconds where the file has milliseconds."""
    source = (ROOT / file).read_text(encoding="utf-8")
    found = re.search(rf"^(?:(?:export )?const |  ){name}(?: =|:) ([\d_* ]+)[;,]$", source, re.MULTILINE)
    assert found, f"{name} in {file}"
    value = math.prod(float(factor.replace("_", "")) for factor in found[1].split("*"))
    return value / 1000 if name.endswith("_MS") or file.endswith("timing.ts") else value


@pytest.mark.parametrize(
    ("what", "amounts", "where"), list(rows()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_limit_is_the_one_of_the_code(what: str, amounts: list[float], where: str) -> None:
    names, _, file = where.partition(" in ")
    values = [value_of(name.strip("` "), file.strip("`") or None) for name in names.split(",")]
    assert all(math.isclose(said, held) for said, held in zip(amounts, values, strict=True)), (what, amounts, values)


def test_every_setting_is_in_the_table() -> None:
    named = {name for _, _, where in rows() for name in re.findall(r"`(\w+\.\w+)`", where)}
    owners = ("SessionSettings", "PoolSettings", "FoldLimits")
    settings = {f"{owner}.{field}" for owner in owners for field in DEFAULTS[owner]}
    assert settings - named == NO_LIMITS


def test_every_test_and_file_that_is_named_exists() -> None:
    text = PAGE.replace("\n", " ")
    defined = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^(?:async )?def (test_\w+)", path.read_text(encoding="utf-8"), re.M)
    }
    named = set(re.findall(r"`(test_\w+)`", text))
    assert named - defined == set()
    files = {file for file in re.findall(r"`([\w./-]+/[\w.-]+\.(?:py|tsx?))`", text)}
    assert files
    assert {file for file in files if not (ROOT / file).exists()} == set()


def test_every_promise_is_there_and_says_what_backs_it() -> None:
    promises = PAGE.partition("\n## The ten promises\n")[2].partition("\n## ")[0]
    parts = re.split(r"\n\*\*(\d+)\. ", promises)
    assert parts[1::2] == [str(number) for number in range(1, 11)]
    assert all("`" in part for part in parts[2::2])
