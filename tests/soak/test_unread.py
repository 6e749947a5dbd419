"""A client that reads nothing while Python sends and sends (promise 8): what it costs, and how it comes back.

`make soak` sends 1 GB in no less than a minute; as a part of `make test` it is a fifth of that, in seconds.
`ANYHOST_UNREAD_MB` and `ANYHOST_UNREAD_SECONDS` say how much, and how long it takes at least.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from typing import Any

import pytest
from anyhost_run import Served, served
from rounds import worker_of

from anyhost.testing.remote import RemoteClient

pytestmark = [pytest.mark.anyio, pytest.mark.process]

TOTAL_MB = int(os.environ.get("ANYHOST_UNREAD_MB", "200"))
SECONDS = float(os.environ.get("ANYHOST_UNREAD_SECONDS", "2"))
AT_ONCE_MB = 8
MEMORY_MB = 128
"""What the server may grow by: outbox and shared frames (16 MB each), log (32 MB), what is read ahead of a pipe
(16 MB), messages of `AT_ONCE_MB` on their way, and some air."""
PATIENCE = 60.0


@pytest.mark.parametrize("what", ["shout", "fill"])
async def test_who_reads_nothing_costs_the_others_nothing_and_memory_only_up_to_the_limit(
    what: str, record_property: Any
) -> None:
    """Values are merged; messages are not, and that some were lost is announced. Either way it ends up right."""
    async with served() as server:
        slow, other = RemoteClient(server.address), RemoteClient(server.address)
        async with slow.connected():
            worker = await worker_of(slow)
            other.session_id = slow.session_id
            async with other.connected():
                await worker_of(other)
                slow.stop_reading()
                grown, slowest = await _send(server, other, worker, what)
                slow.read()
                with contextlib.suppress(ConnectionError):  # after so long it may count as gone; then it comes back
                    await slow.until(lambda: slow.replay == other.replay, PATIENCE)
        async with slow.connected(), other.connected():
            await slow.until(lambda: slow.replay == other.replay, PATIENCE)
        assert (slow.state_of(worker) or {})["done"] == TOTAL_MB // AT_ONCE_MB
        assert bool(slow.gaps) == (what == "shout")
        assert len(slow.customs) < TOTAL_MB
    assert grown < MEMORY_MB
    words = f"unread {what}: {TOTAL_MB} MB, the server grew by {grown} MB, the slowest answer to another client"
    record_property("summary", f"{words} took {slowest * 1000:.0f} ms")


async def _send(server: Served, other: RemoteClient, worker: str, what: str) -> tuple[int, float]:
    """Have Python send everything; the most MB that the server grew by, and the longest wait of the other client."""
    weight = server.process.memory_info().rss
    most, slowest = weight, 0.0
    parts = TOTAL_MB // AT_ONCE_MB
    for part in range(parts):
        began = time.monotonic()
        how = {"count": AT_ONCE_MB, "size": 1 << 20} if what == "shout" else {"size": AT_ONCE_MB << 20}
        ack = await other.say(worker, {"do": what, "round": part, **how})
        assert ack.error is None
        ack = await other.write(worker, even=2 * part)
        assert ack.status == "accepted"
        slowest = max(slowest, time.monotonic() - began)
        most = max(most, server.process.memory_info().rss)
        _check_all_came(other, what)
        await asyncio.sleep(max(0.0, SECONDS / parts - (time.monotonic() - began)))
    return (most - weight) >> 20, slowest


def _check_all_came(other: RemoteClient, what: str) -> None:
    """Who reads has everything of this part, in order. It is forgotten then."""
    assert not other.gaps
    if what == "shout":
        assert [custom.content["shout"] for custom in other.customs] == list(range(AT_ONCE_MB))
    other.customs.clear()
    other.received.clear()
