"""The deliberate faults as they lie there; and one of each kind, tried for real (`make soak` tries them all)."""

from __future__ import annotations

import dataclasses

import pytest

from conformance import case as cases_of
from conformance.browser import chromium
from conformance.case import Case
from conformance.faults.fault import Fault, chosen, find, read
from conformance.faults.run import trials
from conformance.faults.tree import Unusable, check
from conformance.rows import rows

FAULTS = find([])
CASES = {case.name: case for case in cases_of.find([])}


@pytest.mark.anyio
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_a_fault_can_still_be_put_into_the_code(fault: Fault) -> None:
    """Who changes those lines changes the patch with them: see conformance/README.md."""
    await check(fault)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_names_rows_and_cases_of_theirs(fault: Fault) -> None:
    letter, number = fault.name[0], int(fault.name[1:3])
    assert f"{letter}{number}" in fault.rows
    assert fault.fails <= CASES.keys()
    assert set(fault.rows) <= {row for name in fault.fails for row in CASES[name].rows}


def test_there_are_faults_in_all_sections_and_in_at_least_40_rows() -> None:
    """Issue 3's own measure."""
    broken = {row for fault in FAULTS for row in fault.rows}
    assert {row[0] for row in broken} == {row.id[0] for row in rows()}
    assert len(broken) >= 40


def test_with_a_fault_its_sections_are_run_and_one_case_of_each_other() -> None:
    fault = find(["F06"])[0]
    names = [case.name for case in chosen(fault, list(CASES.values()))]
    assert {name for name in CASES if name.startswith("F")} | fault.fails <= set(names)
    assert {name[0] for name in names} == {name[0] for name in CASES}
    assert sum(name.startswith("A") for name in names) == 1


def test_a_patch_without_its_head_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("faults") / "A01_nothing.patch"
    path.write_text("Nothing.\n\nRows: A1\n\n--- a/x\n+++ b/x\n")
    with pytest.raises(ValueError, match="Fails"):
        read(path)


@pytest.mark.anyio
async def test_a_patch_that_does_not_fit_is_said(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("faults") / "A01_elsewhere.patch"
    diff = "--- a/README.md\n+++ b/README.md\n@@ -1 +1 @@\n-what never stood there\n+x\n"
    path.write_text(f"It does not fit.\n\nRows: A1\nFails: A01_inline_module\n\n{diff}")
    with pytest.raises(Unusable, match="does not apply"):
        await check(read(path))


@pytest.mark.anyio
@pytest.mark.browser
@pytest.mark.process
async def test_a_fault_is_noticed_by_just_its_cases() -> None:
    """One in the page and one in Python; and a fault that says too little, or too much, of itself."""
    page, python = find(["F06_one_name"])[0], find(["M09_request_state"])[0]
    wanted = page.fails | python.fails | {"A01_inline_module", "F01_change"}
    cases: list[Case] = [case for case in CASES.values() if case.name in wanted]
    async with chromium() as browser, trials(browser, jobs=2) as attempts:
        assert await attempts.baseline(cases) == []
        assert (await attempts.attempt(page, cases)).holds
        silent = dataclasses.replace(python, fails=frozenset({"F01_change"}))
        verdict = await attempts.attempt(silent, cases)
        assert verdict.missed == ("F01_change",)
        assert {result.case.name for result in verdict.unlisted} == python.fails
