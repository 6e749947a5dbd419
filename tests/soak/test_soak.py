"""An hour of everything: what the server and a kernel weigh in the end (promises 8 and 10).

`make soak` runs it for an hour; as a part of `make test` it runs for seconds, and only says that it can.
`ANYHOST_SOAK_MINUTES` says how long, `ANYHOST_SOAK_REPORT` where the figures go.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from anyhost_run import served
from memory import MB, Course
from rounds import Life, life, short_life

pytestmark = [pytest.mark.anyio, pytest.mark.process]

SECONDS = 60 * float(os.environ.get("ANYHOST_SOAK_MINUTES", "0.25"))
REPORT = os.environ.get("ANYHOST_SOAK_REPORT")
WARM_UP = 600.0
"""Until then logs and caches fill up to their limits, in seconds."""
MOST_GROWTH = 1.0
"""MB an hour, after the warm-up."""
PAUSE = 2.0
"""Between two rounds, in seconds: the machine is not to be busy all the time."""
EVERY = 25.0
"""Seconds from one short session to the next, so that as many linger on a fast machine as on a slow one."""


async def test_memory_does_not_grow(record_property: Any) -> None:
    async with served() as server, life(server.address) as session:
        courses = [
            Course("server", server.process),
            Course("kernel", psutil.Process(session.kernel_pid)),
            Course("warm parent of the kernels", server.parent_of(session.kernel_pid)),
        ]
        began = time.monotonic()
        while time.monotonic() < began + SECONDS:
            if time.monotonic() - began >= EVERY * session.counts["short sessions"]:
                await short_life(server.address, restart=session.counts["short sessions"] % 2 == 0)
                session.counts["short sessions"] += 1
            await session.round(session.counts["rounds"])
            await asyncio.sleep(PAUSE)
            for course in courses:
                course.look(time.monotonic() - began)
            _report(courses, session)
    if SECONDS > 2 * WARM_UP:  # a shorter one only fills logs and caches
        for course in courses:
            words = f"soak of {SECONDS / 60:.0f} minutes, {course.name}, in MB: {course.summary(WARM_UP)}"
            record_property("summary", words)
        growing = {course.name: course.growth(WARM_UP) for course in courses}
        assert all(growth < MOST_GROWTH for growth in growing.values()), growing


def _counted_after(seconds: float) -> float:
    return WARM_UP if seconds > 2 * WARM_UP else seconds / 2


def _report(courses: list[Course], session: Life) -> None:
    """Written again after each round, so that a run that is ended early leaves its figures, too."""
    if REPORT is None:
        return
    seconds = courses[0].weights[-1].at
    after = _counted_after(seconds)
    figures: dict[str, Any] = {
        "minutes": round(seconds / 60, 1),
        "growth is counted after minutes": round(after / 60, 1),
        "what happened": dict(session.counts),
        "megabytes": {course.name: course.summary(after) for course in courses},
        "course": {
            course.name: [
                [round(at), round(resident / MB, 2), round(own / MB, 2)] for at, resident, own in course.weights
            ]
            for course in courses
        },
    }
    path = Path(REPORT)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(figures, indent=1))
