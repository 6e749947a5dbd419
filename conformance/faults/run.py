"""Puts a fault into a copy of our code, and sees which cases notice."""

from __future__ import annotations

import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Browser

from conformance.case import Case
from conformance.faults.fault import Fault
from conformance.faults.tree import Unusable, copy_tree, put_fault
from conformance.hosts import anyhost
from conformance.report import Result, judge
from conformance.runner import run_all


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which cases noticed a fault."""

    fault: Fault
    ran: int
    """How many cases."""
    seconds: float
    missed: tuple[str, ...] = ()
    """Cases that should have failed."""
    unlisted: tuple[Result, ...] = ()
    """Cases that failed and should not have."""
    unusable: str = ""
    """Why it could not be tried."""

    @property
    def holds(self) -> bool:
        """Just the cases failed that the fault names."""
        return not (self.missed or self.unlisted or self.unusable)


class Trials:
    """Tries faults, each in a copy of one and the same state of our code."""

    def __init__(self, folder: Path, browser: Browser, jobs: int) -> None:
        self._folder = folder
        self._browser = browser
        self._jobs = jobs

    async def baseline(self, cases: list[Case]) -> list[Result]:
        """What fails without any fault: with these, nothing can be said about faults."""
        return await self._failing(self._folder / "base", cases)

    async def attempt(self, fault: Fault, cases: list[Case]) -> Verdict:
        """Run the cases with the fault in place."""
        begun = time.monotonic()
        tree = self._folder / fault.name
        try:
            await put_fault(fault, self._folder / "base", tree)
            failing = await self._failing(tree, cases, but=fault.fails)
        except Unusable as error:
            return Verdict(fault, 0, time.monotonic() - begun, unusable=str(error))
        finally:
            shutil.rmtree(tree, ignore_errors=True)
        failed = {result.case.name for result in failing}
        return Verdict(
            fault,
            len(cases),
            time.monotonic() - begun,
            missed=tuple(sorted(fault.fails - failed)),
            unlisted=tuple(result for result in failing if result.case.name not in fault.fails),
        )

    async def _failing(self, tree: Path, cases: list[Case], *, but: frozenset[str] = frozenset()) -> list[Result]:
        """The cases that fail; of those that are a surprise, the ones that do so a second time, alone.

        With other things to do a machine may be too slow for a case, once.
        """
        async with anyhost.start(tree) as host:
            outcomes = await run_all(cases, host, self._browser, self._jobs)
            failing = [result for outcome in outcomes if not (result := judge(outcome, host.name)).passed]
            surprises = [result.case for result in failing if result.case.name not in but]
            again = await run_all(surprises, host, self._browser, 1)
        confirmed = [result for outcome in again if not (result := judge(outcome, host.name)).passed]
        return [result for result in failing if result.case.name in but] + confirmed


@asynccontextmanager
async def trials(browser: Browser, jobs: int) -> AsyncIterator[Trials]:
    """A place for copies of our code, with the first one in it, until the context ends."""
    with TemporaryDirectory(prefix="anyhost-faults-") as folder:
        await copy_tree(Path(folder) / "base")
        yield Trials(Path(folder), browser, jobs)
