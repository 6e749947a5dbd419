"""Clients of a session: joining, coming back, being slow (`protocol.md`, section 3)."""

from __future__ import annotations

import asyncio

import pytest
from scene import kinds, scene, settle, state_of, updates_in

from anyhost.protocol.messages import (
    CellConsole,
    CellLifecycle,
    Gap,
    SessionStart,
    SnapshotEnd,
)
from anyhost.session.settings import SessionSettings

pytestmark = pytest.mark.anyio


async def test_a_client_starts_with_a_snapshot() -> None:
    """R1: the ids of all models first, then their opens, the cells, and the end with the place."""
    async with scene() as here:
        here.kernel.open("m", count=1)
        here.kernel.update("m", count=2)
        here.kernel.say(CellLifecycle(cell_id="c", message=CellConsole(stream="stdout", text="hi")))
        await settle()
        got = here.join().drain()
        start, end = got[0], got[-1]
        assert isinstance(start, SessionStart)
        assert (start.session_id, start.mode, start.resumed, start.model_ids) == ("S", "run", False, ["m"])
        assert kinds(got[1:-1]) == ["ModelOpenMessage", "CellConsole", "KernelStatus"]
        assert isinstance(end, SnapshotEnd)
        assert end.seq == here.session.seq
        assert all(notification.seq == 0 for notification in got[:-1])


async def test_a_client_that_was_away_gets_what_it_missed_and_no_snapshot() -> None:
    """Promise 7."""
    async with scene() as here:
        here.kernel.open("m", count=1)
        client = await here.joined()
        here.kernel.update("m", count=2)
        here.kernel.custom("m", "hello")
        await settle()
        here.rejoin(client)
        got = client.drain()
        assert isinstance(got[0], SessionStart)
        assert got[0].resumed
        assert kinds(got[1:]) == ["ModelUpdateMessage", "ModelCustomMessage"]
        assert client.replay == here.session.replay


async def test_what_left_the_log_is_a_snapshot_and_a_gap() -> None:
    """`protocol.md`, section 5: never silent."""
    async with scene(settings=SessionSettings(log_messages=2)) as here:
        for model_id in ["talks", "silent"]:
            here.kernel.open(model_id)
        client = await here.joined()
        here.kernel.custom("talks", "lost")
        for count in range(3):
            here.kernel.update("silent", count=count)
        await settle()
        here.rejoin(client)
        got = client.drain()
        assert isinstance(got[0], SessionStart)
        assert not got[0].resumed
        assert got[1] == Gap(model_ids=["talks"])
        assert client.replay == here.session.replay


async def test_a_message_larger_than_the_log_is_not_kept() -> None:
    async with scene(settings=SessionSettings(log_bytes=2000)) as here:
        here.kernel.open("m")
        client = await here.joined()
        here.kernel.update("m", big="x" * 2000)
        await settle()
        here.rejoin(client)
        client.drain()
        assert [start.resumed for start in client.of(SessionStart)] == [False, False]
        here.kernel.update("m", small=1)
        await settle()
        here.rejoin(client)
        client.drain()
        assert [start.resumed for start in client.of(SessionStart)] == [False, False, True]


@pytest.mark.parametrize("says_so", [True, False])
async def test_a_client_with_half_a_snapshot_gets_a_whole_one(says_so: bool) -> None:
    """Else what the half brought would be shown twice. What the half would have announced is announced."""
    async with scene(settings=SessionSettings(log_messages=1)) as here:
        here.kernel.open("m")
        client = await here.joined()
        place = client.seq
        here.kernel.custom("m", "lost")
        here.kernel.say(CellLifecycle(cell_id="c", message=CellConsole(stream="stdout", text="once")))
        await settle()
        here.rejoin(client)
        await client.next()
        assert client.seq is None
        here.session.leave(client.connection)
        client.connect(here.session.join("A", None if says_so else place))
        client.drain()
        assert [start.resumed for start in client.of(SessionStart)] == [False, False, False]
        assert list(client.of(Gap)) == [Gap(model_ids=["m"])]
        assert client.replay == here.session.replay


async def test_a_client_cannot_resume_from_before_a_snapshot_that_it_has_half_of() -> None:
    async with scene() as here:
        client = await here.joined()
        place = client.seq
        here.kernel.say(CellLifecycle(cell_id="c", message=CellConsole(stream="stdout", text="once")))
        await settle()
        client.connect(here.session.join("A"))
        await client.wait_for(CellLifecycle)
        client.connect(here.session.join("A", place))
        client.drain()
        assert not list(client.of(SessionStart))[-1].resumed
        assert client.replay == here.session.replay


async def test_a_client_that_the_session_does_not_know_gets_a_snapshot() -> None:
    async with scene(settings=SessionSettings(remembered_clients=1)) as here:
        here.kernel.open("m")
        first, second = await here.joined("A"), await here.joined("B")
        here.session.leave(first.connection)
        here.session.leave(second.connection)
        for client, resumed in [(first, False), (second, True)]:
            client.connect(here.session.join(client.client_id, client.seq))
            client.drain()
            assert list(client.of(SessionStart))[-1].resumed is resumed


async def test_a_second_connection_of_a_client_ends_the_first() -> None:
    async with scene() as here:
        client = await here.joined()
        lost = client.connection
        client.connect(here.session.join("A", client.seq))
        assert lost.closed_because == "this page connected again"
        assert [frame async for frame in lost] == []
        assert here.session.connected == 1


async def test_a_merged_update_is_not_lost_when_its_client_resumes_between_the_two_places() -> None:
    """The update of `a` waits, is merged into that of `b`, and goes with the connection."""
    async with scene() as here:
        here.kernel.open("m", a=0, b=0)
        here.kernel.open("other", a=0)
        client = await here.joined()
        here.kernel.update("m", a=1)
        here.kernel.update("other", a=1)
        here.kernel.update("m", b=1)
        await settle()
        assert updates_in([await client.next()]) == [{"a": 1}]
        assert state_of(client, "m") == {"a": 0, "b": 0}
        here.rejoin(client)
        assert updates_in(client.drain()) == [{"a": 1, "b": 1}]
        assert state_of(client, "m") == {"a": 1, "b": 1}


async def test_a_merged_update_whose_beginning_left_the_log_is_a_snapshot() -> None:
    async with scene(settings=SessionSettings(log_messages=2)) as here:
        here.kernel.open("m", a=0, b=0)
        here.kernel.open("other", a=0)
        client = await here.joined()
        here.kernel.update("m", a=1)
        here.kernel.update("other", a=1)
        here.kernel.update("m", b=1)
        await settle()
        await client.next()
        here.rejoin(client)
        client.drain()
        assert state_of(client, "m") == {"a": 1, "b": 1}


# ---- slow clients ----


async def test_a_slow_client_is_caught_up_by_a_snapshot() -> None:
    """Promise 8; and what was lost on the way is announced (promise 3)."""
    async with scene(settings=SessionSettings(outbox_bytes=2000)) as here:
        here.kernel.open("m", count=0)
        client = await here.joined()
        for count in range(100):
            here.kernel.custom("m", count)
            here.kernel.update("m", count=count)
        await settle()
        got = client.drain()
        assert kinds(got) == ["SessionStart", "Gap", "ModelOpenMessage", "KernelStatus", "SnapshotEnd"]
        assert state_of(client, "m") == {"count": 99}
        here.kernel.custom("m", "live again")
        await settle()
        client.drain()
        assert [custom.content for custom in client.customs] == ["live again"]


async def test_a_snapshot_that_is_being_written_is_not_begun_again() -> None:
    """A slow client on a busy session gets whole snapshots, one after the other."""
    async with scene(settings=SessionSettings(outbox_bytes=500)) as here:
        for number in range(5):
            here.kernel.open(f"m{number}", count=0)
        await settle()
        client = here.join()
        await client.next()
        for count in range(50):
            here.kernel.custom("m0", count)
        here.kernel.update("m0", count=1)
        await settle()
        got = client.drain()
        assert kinds(got).count("SnapshotEnd") == 2
        assert kinds(got).index("SnapshotEnd") == 6
        assert Gap(model_ids=["m0"]) in got
        assert client.replay == here.session.replay


async def test_one_large_message_needs_no_snapshot() -> None:
    """Into an empty queue a message of any size may go."""
    async with scene(settings=SessionSettings(outbox_bytes=2000)) as here:
        here.kernel.open("m")
        client = await here.joined()
        here.kernel.custom("m", "large", [bytes(3 << 20)])
        here.kernel.custom("m", "small")
        await settle()
        client.drain()
        assert [custom.content for custom in client.customs] == ["large", "small"]
        assert client.customs[0].buffers == (bytes(3 << 20),)


async def test_a_message_is_encoded_once_for_all_clients_that_get_the_same() -> None:
    async with scene() as here:
        here.kernel.open("m")
        first, second = await here.joined("A"), await here.joined("B")
        here.kernel.update("m", count=1)
        await settle()
        assert first.connection.next_nowait() is second.connection.next_nowait() is not None


async def test_a_client_is_let_go_that_reads_nothing_of_what_it_provokes() -> None:
    async with scene(settings=SessionSettings(waiting_commands=2)) as here:
        client = await here.joined()
        for _ in range(200):
            client.connection.refuse("no")
        assert client.connection.closed_because is not None


async def test_a_connection_that_ends_while_the_kernel_is_asked_begins_no_snapshot() -> None:
    """After each await ask whether you are still wanted: the client has a newer connection by then."""
    async with scene() as here:
        here.kernel.open("m", signal="x")
        here.kernel.update("m", signal=None)  # cleared: this model has to be asked what it holds
        await settle()
        client = here.join()
        waits = asyncio.create_task(anext(client.connection))
        await settle()
        client.connect(here.session.join("A"))
        with pytest.raises(StopAsyncIteration):
            await waits
        client.drain()
        assert client.replay == here.session.replay
