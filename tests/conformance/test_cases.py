"""The conformance cases as they lie there: whole, named after rows, and with logs of their own steps."""

from __future__ import annotations

import math
import re

import pytest

from conformance.case import Case, find, read
from conformance.format import formatted
from conformance.rows import rows
from conformance.steps import heading

CASES = find([])
HEADING = re.compile(r"(>>>|js>|---) ")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_is_named_after_a_row_that_it_shows(case: Case) -> None:
    letter, number = case.name[0], int(case.name[1:3])
    assert f"{letter}{number}" in case.rows
    assert case.path.parent.name[0] == letter


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_log_has_the_steps_of_its_case(case: Case) -> None:
    """Who changes the steps has to record, or write, the log again."""
    wanted = [line for step in case.steps for line in heading(step)]
    for path in {case.expected, case.of_reference}:
        lines = path.read_text().splitlines()
        found = [line for line in lines if HEADING.match(line)]
        unfinished = lines[-1].startswith("!!!") and path != case.expected
        assert found == (wanted[: len(found)] if unfinished else wanted), path


def test_every_row_of_a_case_is_a_row() -> None:
    assert {row for case in CASES for row in case.rows} <= {row.id for row in rows()}


def test_every_row_that_is_owed_has_a_case_or_says_where_it_is_shown() -> None:
    covered = {row for case in CASES for row in case.rows}
    assert [row.id for row in rows() if row.owed and row.id not in covered and not row.elsewhere] == []


def test_two_cases_have_two_names() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize(
    ("words", "found"),
    [(["B4"], "B04_each_view_renders"), (["B"], "B04_each_view_renders"), (["each_view"], "B04_each_view_renders")],
)
def test_cases_are_found_by_row_section_and_name(words: list[str], found: str) -> None:
    assert found in {case.name for case in find(words)}


def test_a_file_that_lacks_what_a_case_has_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("cases") / "X01_nothing.py"
    path.write_text('"""Nothing."""')
    with pytest.raises(ValueError, match="STEPS"):
        read(path)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": [1, None, True, "b"]}, '{a: [1, null, true, "b"]}'),
        ([math.nan, -math.inf, 2.0, 0.5], "[NaN, -Infinity, 2, 0.5]"),
        (b"\x01\xff", "bytes(01 ff)"),
        (ValueError("why"), "ValueError: why"),
    ],
)
def test_values_stand_in_a_log_as_in_javascript(value: object, text: str) -> None:
    assert formatted(value) == text
