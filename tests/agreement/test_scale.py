"""Many messages, many models, many clients, and one that does not read (promises 2 and 8)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import psutil
import pytest
from interleavings import Interleaving, Step
from laws import check
from play import Outcome, play
from stage import Kind, stage

pytestmark = [pytest.mark.anyio, pytest.mark.process]

UNREAD_MB = int(os.environ.get("ANYHOST_UNREAD_MB", "96"))
"""What Python sends to a client that reads nothing."""
MEMORY_MB = 160
"""What the server may grow by for it: outbox, log and shared frames, each at its limit, and some air."""


async def agreement(*, house: str, clients: int, things: int, steps: Sequence[Step], kind: Kind = "idle") -> Outcome:
    """Play these steps. In the end all agree."""
    async with stage(kind, slots=clients) as made:
        outcome, _ = await play(made, Interleaving(house, clients, things, list(steps)))
    check(outcome)
    return outcome


@pytest.mark.parametrize("kind", ["idle", "running"])
async def test_ten_thousand_assignments_cost_a_slow_client_few_messages(kind: Kind, record_property: Any) -> None:
    # All of them are made while it does not read: how many it gets is what fits into the link, and no matter of time.
    steps = [("hold", 0), ("loop", 0, "free", 10_000), ("rest",)]
    outcome = await agreement(house="roomy", clients=2, things=1, steps=steps, kind=kind)
    slow = outcome.clients[0]
    assert slow["models"][outcome.models[0]]["state"]["free"] == 2 * 9_999
    count = slow["received"]["model-lifecycle"]
    assert count < 500
    record_property("summary", f"10,000 assignments ({kind}): {count} messages to a client that did not read meanwhile")


@pytest.mark.parametrize("house", ["tight", "roomy"])
async def test_a_thousand_models_survive_a_drop(house: str) -> None:
    """By a snapshot where the log is short, from the log where it is long; R2: no model begins anew."""
    things = 1000
    changes = [("assign", index, {"source": index, "clamped": 99}) for index in range(things)]
    writes = [("write", 0, index, {"even": index % 50}) for index in range(0, things, 7)]
    steps = [("drop", 0), *changes[:500], *writes, ("wake", 0), *changes[500:], ("settle",), ("drop", 0)]
    outcome = await agreement(house=house, clients=1, things=things, steps=steps)
    # A model and its layout, each bound once; then the director and its own.
    assert outcome.clients[0]["bound"] == 2 * things + 2


async def test_a_hundred_clients_agree() -> None:
    clients = 100
    writes = [
        ("write", slot, slot % 2, {"source": slot % 17, "even": slot % 9, "free": slot}) for slot in range(clients)
    ]
    drops = [("drop", slot) for slot in range(0, clients, 9)]
    python = [("tell", 0, 20), ("loop", 1, "source", 20), ("task", 0, 4)]
    await agreement(house="roomy", clients=clients, things=2, steps=[*writes, *python, *drops, *writes[::-1], *python])


@pytest.mark.parametrize("what", ["fill", "shout"])
async def test_a_client_that_reads_nothing_costs_memory_up_to_the_limit(what: str) -> None:
    """Values are merged, messages are not: of those the client is told that some were lost."""
    server = psutil.Process()
    async with stage("idle", slots=2) as made:
        before = server.memory_info().rss
        most = before

        def look() -> None:
            nonlocal most
            most = max(most, server.memory_info().rss)

        sends: list[Step] = [(what, 0, 1 << 20, 8), ("settle",)] * (UNREAD_MB // 8)
        steps: list[Step] = [("hold", 0), *sends]
        outcome, _ = await play(made, Interleaving("roomy", 2, 1, steps), after_each=look)
    check(outcome)
    assert (most - before) >> 20 < MEMORY_MB
    gaps = outcome.clients[0]["models"][outcome.models[0]]["gaps"]
    assert bool(gaps) == (what == "shout")
