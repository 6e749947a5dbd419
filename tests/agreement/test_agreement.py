"""Whatever happens, in whatever order: once it is quiet, all agree (promises 2, 3, 4 and 7).

Real kernels behind the real server, and the shipped TypeScript at the other end of real sockets, over
links that break and stall. `ANYHOST_INTERLEAVINGS` says how many are played in all, `ANYHOST_PART_MINUTES` how long
each of the tests may go on.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from interleavings import Interleaving, interleavings
from laws import check
from play import play
from stage import Kind, Stage, stage

pytestmark = pytest.mark.process

INTERLEAVINGS = int(os.environ.get("ANYHOST_INTERLEAVINGS", "1000"))
PART_MINUTES = float(os.environ.get("ANYHOST_PART_MINUTES", "inf"))
"""When one test of them has taken this long, it plays no more; the summary says how many it were."""
PARTS = 5
"""Each kind of kernel plays its half in so many tests, so that two processes share the work evenly."""
SHARE = 0.3
"""At least so many contain a refusal, a drop and a custom message, all three."""
RETRIES = 4
"""How often an interleaving is played while a failing one is made smaller, since what meets is a matter of timing."""
LONGEST = 60.0


class Theatre:
    """A stage, for as long as it works; a new one after a failure. Its own event loop runs while one plays."""

    def __init__(self, runner: asyncio.Runner, notebook: Kind) -> None:
        self._runner = runner
        self._notebook = notebook
        self._owner: asyncio.Task[None] | None = None
        self._ended = asyncio.Event()
        self._stage: asyncio.Future[Stage]
        self.failed = False
        self.counts: Counter[str] = Counter()

    def play(self, interleaving: Interleaving) -> None:
        self._runner.run(self._play(interleaving))

    def close(self) -> None:
        self._runner.run(self._end())

    async def _play(self, interleaving: Interleaving) -> None:
        failed = self.failed
        for _ in range(RETRIES if self.failed else 1):
            try:
                async with asyncio.timeout(LONGEST):
                    outcome, playing = await play(await self._begin(), interleaving)
            except BaseException:
                self.failed = True
                await self._end()
                raise
            self.failed = True
            check(outcome)
            self.failed = failed
        had = [outcome.had_refusal, playing.drops > 0, outcome.had_custom]
        self.counts.update(interleavings=1, refusal=had[0], drop=had[1], custom=had[2], all=all(had), gaps=outcome.gaps)

    async def _begin(self) -> Stage:
        if self._owner is None:
            self._stage = asyncio.get_running_loop().create_future()
            self._ended = asyncio.Event()
            self._owner = asyncio.create_task(self._own())
        return await asyncio.shield(self._stage)

    async def _own(self) -> None:
        try:
            async with stage(self._notebook) as made:
                self._stage.set_result(made)
                await self._ended.wait()
        except BaseException as error:
            if not self._stage.done():
                self._stage.set_exception(error)
            raise

    async def _end(self) -> None:
        owner, self._owner = self._owner, None
        self._ended.set()
        if owner is not None:
            await owner


@contextmanager
def theatre(notebook: Kind) -> Iterator[Theatre]:
    with asyncio.Runner() as runner:
        opened = Theatre(runner, notebook)
        try:
            yield opened
        finally:
            opened.close()


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("notebook", ["idle", "running"])
def test_once_quiet_kernel_session_and_clients_agree(notebook: Kind, part: int, record_property: Any) -> None:
    end = time.monotonic() + 60 * PART_MINUTES
    with theatre(notebook) as opened:

        @settings(
            max_examples=max(1, INTERLEAVINGS // (2 * PARTS)),
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        )
        @given(interleaving=interleavings())
        def agree(interleaving: Interleaving) -> None:
            note(f"The transcript:\n{interleaving}")
            if time.monotonic() < end or opened.failed:
                opened.play(interleaving)

        try:
            agree()
        finally:
            record_property("interleavings", dict(opened.counts))
    counts = opened.counts
    if counts["interleavings"] >= 1000:  # of fewer, chance decides; the summary says it of all together
        assert counts["all"] >= SHARE * counts["interleavings"], counts
