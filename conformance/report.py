"""What came of the cases: for the terminal, as JSON, and as the table in the documentation."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from pathlib import Path

from conformance.case import Case
from conformance.faults import fault as faults_of
from conformance.rows import Row, rows
from conformance.runner import Outcome

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "conformance" / "results"
TABLE = ROOT / "docs" / "conformance.md"


@dataclass(frozen=True, slots=True)
class Result:
    """An outcome, and how it compares with what was expected."""

    outcome: Outcome
    expected: list[str] | None
    """None when nothing has been recorded."""

    @property
    def case(self) -> Case:
        return self.outcome.case

    @property
    def passed(self) -> bool:
        return self.outcome.log == self.expected

    @property
    def difference(self) -> list[str]:
        """What differs, line by line: expected with `-`, got with `+`."""
        if self.expected is None:
            return ["no log has been recorded", *(f"+{line}" for line in self.outcome.log)]
        lines = difflib.unified_diff(self.expected, self.outcome.log, "expected", "got", n=2, lineterm="")
        return list(lines)


def judge(outcome: Outcome, host: str) -> Result:
    """Compare with the case's log: the reference's own where it is the reference that ran."""
    path = outcome.case.of_reference if host == "reference" else outcome.case.expected
    return Result(outcome, path.read_text().splitlines() if path.exists() else None)


def record(outcomes: list[Outcome]) -> None:
    """Keep the reference's logs; of a case that could not be carried out only where the reference cannot do it."""
    for outcome in outcomes:
        if outcome.unfinished and not outcome.case.differs:
            continue
        outcome.case.of_reference.write_text("\n".join(outcome.log) + "\n")


def say(results: list[Result], *, verbose: bool) -> None:
    """One line for each case, what differs, and a sum."""
    for result in results:
        mark = "ok  " if result.passed else "FAIL"
        print(f"{mark} {result.outcome.seconds:5.1f} s  {result.case.name}  ({' '.join(result.case.rows)})")
        if not result.passed:
            print("\n".join(f"        {line}" for line in result.difference))
        if verbose:
            print("\n".join(f"      | {line}" for line in result.outcome.log))
        if verbose or not result.passed:
            print("\n".join(f"      ~ {line}" for line in result.outcome.console))
    failed = sum(not result.passed for result in results)
    print(f"{len(results)} cases, {failed} failed")


def write(results: list[Result], host: str) -> None:
    """The JSON for every host; the table in the documentation for ours."""
    RESULTS.mkdir(exist_ok=True)
    found = [
        {
            "case": result.case.name,
            "rows": result.case.rows,
            "passed": result.passed,
            "seconds": round(result.outcome.seconds, 2),
            "log": result.outcome.log,
            "difference": result.difference,
        }
        for result in results
    ]
    (RESULTS / f"{host}.json").write_text(json.dumps(found, indent=1) + "\n")
    if host == "anyhost":
        table = _table(results)
        (RESULTS / "conformance.md").write_text(table)
        TABLE.write_text(table)


def _table(results: list[Result]) -> str:
    by_row: dict[str, list[Result]] = {}
    for result in results:
        for row in result.case.rows:
            by_row.setdefault(row, []).append(result)
    faults: dict[str, int] = {}
    for row in (row for fault in faults_of.find([]) for row in fault.rows):
        faults[row] = faults.get(row, 0) + 1
    lines = [
        "# Conformance",
        "",
        "<!-- Written by `make conformance`. -->",
        "",
        "What a host owes a widget, row by row, and whether anyhost does it. **S**: the specification says so.",
        "**J**: Jupyter does so, and widgets depend on it. **R**: both are silent, broken or disagree, and this is",
        "our decision. **O**: optional. The cases are in [conformance/](../conformance/README.md); the last column",
        "says how many of the deliberate faults there break the row, to see that its cases notice.",
        "",
        "| row | level | what | cases | passed | faults |",
        "|---|---|---|---|---|---|",
        *(_line(row, by_row.get(row.id, []), faults.get(row.id, 0)) for row in rows()),
    ]
    bare = [row for row in rows() if row.owed and row.id not in by_row]
    lines += ["", "## Rows without a case", ""]
    lines += [f"- {row.id}: {row.text}. {row.elsewhere or '**Nowhere yet.**'}" for row in bare]
    different = [result for result in results if not result.passed]
    if different:
        lines += ["", "## What differed", ""]
    for result in different:
        lines += [f"### {result.case.name}", "", result.case.says, "", "```diff", *result.difference, "```", ""]
    return "\n".join(lines).rstrip() + "\n"


def _line(row: Row, results: list[Result], faults: int) -> str:
    cases = ", ".join(f"[{result.case.name}](../{result.case.path.relative_to(ROOT)})" for result in results)
    passed = "" if not results else "yes" if all(result.passed for result in results) else "**no**"
    return f"| {row.id} | {row.level} | {row.text} | {cases or row.elsewhere} | {passed} | {faults or ''} |"
