"""Try the faults: `python -m conformance.faults [--all] [ROW | SECTION | NAME ...]`.

Each is put into a copy of our code, and just the cases that it names must fail. With each, the cases of the sections
of its rows are run, those that it names, and the first of every other section; with `--all`, all cases.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from conformance import case as cases_of
from conformance.browser import chromium
from conformance.faults import table
from conformance.faults.fault import Fault, chosen, find
from conformance.faults.run import Verdict, trials


def main() -> int:
    """Try what is asked for, say what came of it, and return the exit code."""
    formatter = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("python -m conformance.faults", description=__doc__, formatter_class=formatter)
    parser.add_argument("words", nargs="*", help="rows (B4), sections (B), or parts of names; all without")
    parser.add_argument("--all", action="store_true", help="with each fault, run every case")
    parser.add_argument("--jobs", type=int, default=3, help="cases at the same time (default: 3)")
    options = parser.parse_args()
    verdicts = asyncio.run(_try(find(options.words), everything=options.all, jobs=options.jobs))
    if not options.words:
        table.write(verdicts)
    return 0 if verdicts and all(verdict.holds for verdict in verdicts) else 1


async def _try(faults: list[Fault], *, everything: bool, jobs: int) -> list[Verdict]:
    cases = cases_of.find([])
    runs = {fault.name: cases if everything else chosen(fault, cases) for fault in faults}
    wanted = {case.name for run in runs.values() for case in run}
    async with chromium() as browser, trials(browser, jobs) as attempts:
        broken = await attempts.baseline([case for case in cases if case.name in wanted])
        if broken:
            names = ", ".join(result.case.name for result in broken)
            print(f"without any fault these fail already: {names}; see `python -m conformance`")
            return []
        verdicts = []
        for fault in faults:
            verdict = await attempts.attempt(fault, runs[fault.name])
            table.say(verdict)
            verdicts.append(verdict)
    table.summarize(verdicts)
    return verdicts


if __name__ == "__main__":
    sys.exit(main())
