"""Run the cases: `python -m conformance [--host reference] [--record] [ROW | SECTION | NAME ...]`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import AbstractAsyncContextManager

from conformance import report
from conformance.browser import chromium
from conformance.case import Case, find
from conformance.host import Host
from conformance.hosts import anyhost, reference
from conformance.runner import Outcome, run_all


def main() -> int:
    """Run what is asked for, say what came of it, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m conformance", description=__doc__)
    parser.add_argument("words", nargs="*", help="rows (B4), sections (B), or parts of names; all without")
    parser.add_argument("--host", choices=["anyhost", "reference"], default="anyhost")
    parser.add_argument("--record", action="store_true", help="keep the reference's logs as the expected ones")
    parser.add_argument("--jobs", type=int, default=3, help="cases at the same time (default: 3)")
    parser.add_argument("--verbose", "-v", action="store_true", help="print every log, and the browser's console")
    options = parser.parse_args()
    if options.record:
        options.host = "reference"
    cases = find(options.words)
    outcomes = asyncio.run(_run(cases, _start(options.host), options.jobs))
    if options.record:
        report.record(outcomes)
    results = [report.judge(outcome, options.host) for outcome in outcomes]
    report.say(results, verbose=options.verbose)
    if not options.words:
        report.write(results, options.host)
    return 0 if all(result.passed for result in results) else 1


def _start(name: str) -> AbstractAsyncContextManager[Host]:
    return reference.start() if name == "reference" else anyhost.start()


async def _run(cases: list[Case], starting: AbstractAsyncContextManager[Host], jobs: int) -> list[Outcome]:
    async with chromium() as browser, starting as host:
        return await run_all(cases, host, browser, jobs)


if __name__ == "__main__":
    sys.exit(main())
