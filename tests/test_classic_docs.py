"""docs/classic.md lists every control and package that is tried, and none that is not."""

from __future__ import annotations

import ast
import importlib.metadata
import re
from pathlib import Path

import pytest
from test_classic_controls import ROWS
from test_controls_of_ipywidgets import CONTROLS

PAGE = Path(__file__).parents[1] / "docs" / "classic.md"
TRIED = Path(__file__).parent / "browser" / "test_classic_packages.py"
PACKAGE = re.compile(r'^\| (\w+) \| ([\d.]+) \| \[[^]]+\]\(\.\./(\S+) "(\w+)"\) \|', re.MULTILINE)


def table(heading: str) -> list[list[str]]:
    """The cells of the rows of the first table under a heading."""
    section = PAGE.read_text("utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def test_every_control_is_in_the_page() -> None:
    names = [name for row in table("The controls") for name in re.findall(r"`(\w+)`", row[1])]
    assert sorted(names) == sorted(CONTROLS)
    assert {row.name for row in ROWS} <= set(names)


@pytest.mark.parametrize(("package", "version", "file", "test"), PACKAGE.findall(PAGE.read_text("utf-8")))
def test_a_package_of_the_page_is_tried_in_this_version(package: str, version: str, file: str, test: str) -> None:
    assert importlib.metadata.version(package) == version
    assert (PAGE.parents[1] / file).samefile(TRIED)
    assert test in defined()


def test_every_package_that_is_tried_is_in_the_page() -> None:
    named = {test for _package, _version, _file, test in PACKAGE.findall(PAGE.read_text("utf-8"))}
    assert named == {test for test in defined() if re.match(r"test_(bqplot|ipy)", test)}


def defined() -> set[str]:
    return {each.name for each in ast.walk(ast.parse(TRIED.read_text("utf-8"))) if isinstance(each, ast.FunctionDef)}
