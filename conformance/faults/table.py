"""What came of the faults: for the terminal, and as Markdown and JSON."""

from __future__ import annotations

import json

from conformance.faults.run import Verdict
from conformance.report import RESULTS


def say(verdict: Verdict) -> None:
    """One line, and what was not as it should be."""
    fault = verdict.fault
    mark = "ok  " if verdict.holds else "FAIL"
    caught = f"{len(fault.fails) - len(verdict.missed)} of {len(fault.fails)} caught it"
    print(f"{mark} {verdict.seconds:5.1f} s  {fault.name}: {fault.says} ({caught}, {verdict.ran} ran)", flush=True)
    if verdict.unusable:
        print(f"        cannot be tried: {verdict.unusable}")
    for name in verdict.missed:
        print(f"        {name} did not notice")
    for result in verdict.unlisted:
        print(f"        {result.case.name} fails, too:")
        print("\n".join(f"            {line}" for line in result.difference), flush=True)


def summarize(verdicts: list[Verdict]) -> None:
    """The sum of it."""
    rows = {row for verdict in verdicts if verdict.holds for row in verdict.fault.rows}
    failed = sum(not verdict.holds for verdict in verdicts)
    print(f"{len(verdicts)} faults in {len(rows)} rows, {failed} not caught by just the cases that they name")


def write(verdicts: list[Verdict]) -> None:
    """The table, and the same for programs."""
    lines = ["| fault | rows | what is wrong | cases that fail | of | as named |", "|---|---|---|---|---|---|"]
    for verdict in verdicts:
        fault = verdict.fault
        columns = (
            fault.name,
            " ".join(fault.rows),
            fault.says,
            ", ".join(sorted(fault.fails)),
            str(verdict.ran),
            "yes" if verdict.holds else "**no**",
        )
        lines.append(f"| {' | '.join(columns)} |")
    found = [
        {
            "fault": verdict.fault.name,
            "rows": verdict.fault.rows,
            "fails": sorted(verdict.fault.fails),
            "ran": verdict.ran,
            "seconds": round(verdict.seconds, 1),
            "holds": verdict.holds,
            "missed": verdict.missed,
            "unlisted": [result.case.name for result in verdict.unlisted],
            "unusable": verdict.unusable,
        }
        for verdict in verdicts
    ]
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "faults.md").write_text("\n".join(lines) + "\n")
    (RESULTS / "faults.json").write_text(json.dumps(found, indent=1) + "\n")
