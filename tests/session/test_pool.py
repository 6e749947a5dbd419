"""Which page gets which session, how many there are, and how long they live (`protocol.md`, sections 3 and 5)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

import pytest
from scene import Modules, settle

from anyhost.protocol.messages import ModelLifecycle, Ping, Probe, Restart, SessionStart
from anyhost.protocol.policy import Mode
from anyhost.session.pool import SessionPool, SessionsFull
from anyhost.session.settings import PoolSettings
from anyhost.session.spare import SpareKernel
from anyhost.testing.client import RecordingClient
from anyhost.testing.kernel import ScriptedKernel, ScriptedStarter

pytestmark = pytest.mark.anyio


@contextlib.asynccontextmanager
async def pool_of(
    starter: ScriptedStarter, settings: PoolSettings | None = None, mode: Mode = "run"
) -> AsyncIterator[SessionPool]:
    async with SessionPool(starter, Modules(), mode=mode, notebook=None, settings=settings) as pool:
        yield pool


async def until_gone(pool: SessionPool, session_id: str) -> None:
    async with asyncio.timeout(5):
        while pool.get(session_id) is not None:  # noqa: ASYNC110 - nobody tells when a session ends
            await asyncio.sleep(0.001)


async def test_each_page_gets_a_session_and_a_kernel_of_its_own() -> None:
    starter = ScriptedStarter()
    async with pool_of(starter) as pool, pool.join() as first, pool.join() as second:
        await starter.kernel(1)
        assert first.session_id != second.session_id
        assert len(first.session_id) == len(first.client_id) == 32  # 128 random bits
        assert len(starter.kernels) == 2


async def test_a_client_comes_back_to_its_session() -> None:
    """Promise 7."""
    starter = ScriptedStarter()
    async with pool_of(starter) as pool:
        async with pool.join("A") as connection:
            client = RecordingClient(connection)
            client.drain()
        async with pool.join("A", session_id=connection.session_id, after=client.seq) as again:
            client.connect(again)
            client.drain()
            assert [start.resumed for start in client.of(SessionStart)] == [False, True]
            assert len(list(pool)) == 1


async def test_a_page_whose_session_has_ended_gets_a_new_one_and_is_told() -> None:
    async with (
        pool_of(ScriptedStarter()) as pool,
        pool.join("A", session_id="gone", after=17, previous="B") as connection,
    ):
        start = RecordingClient(connection).drain()[0]
        assert isinstance(start, SessionStart)
        assert not start.resumed
        assert start.session_id == connection.session_id != "gone"


async def test_leaving_the_pool_ends_every_session_and_kernel() -> None:
    """Promise 10."""
    starter = ScriptedStarter()
    async with pool_of(starter, PoolSettings(spare=True)) as pool, pool.join() as first, pool.join():
        await starter.kernel(2)
    assert starter.alive == 0
    assert first.closed_because is not None
    assert list(pool) == []


# ---- refresh ----


async def test_after_a_refresh_the_new_page_takes_over() -> None:
    """The old socket is gone, or silent."""
    settings = PoolSettings(probe_seconds=0.01)
    async with pool_of(ScriptedStarter(), settings) as pool:
        async with pool.join("old") as gone:
            pass
        async with pool.join("new", session_id=gone.session_id, previous="old") as new:
            assert new.session_id == gone.session_id
            async with pool.join("newer", session_id=gone.session_id, previous="new") as newer:
                assert newer.session_id == gone.session_id
                assert new.closed_because == "another page took the place of this one"


async def test_after_a_refresh_the_new_page_is_told_which_commands_of_the_old_one_were_handled() -> None:
    """Promise 7: what they are not it sends itself; and nothing that comes late from the old page is handled."""
    starter = ScriptedStarter()
    async with pool_of(starter, PoolSettings(probe_seconds=0.01)) as pool, pool.join("old") as gone:
        kernel = await starter.kernel()
        kernel.open("m", value=0)
        await settle()
        old = RecordingClient(gone)
        old.drain()
        for value in (1, 2):
            old.write("m", value=value)
        async with pool.join("new", session_id=gone.session_id, previous="old") as new:
            old.write("m", value=3)  # too late
            client = RecordingClient(new)
            client.drain()
            assert [start.handled for start in client.of(SessionStart)] == [2]
        # It is said again to a page that was lost while it joined.
        async with pool.join("new", session_id=gone.session_id, previous="old") as again:
            client = RecordingClient(again)
            client.drain()
            assert [start.handled for start in client.of(SessionStart)] == [2]
        # And to the page after one that was left before it could say who it is.
        async with pool.join("next", session_id=gone.session_id, previous="old") as another:
            client = RecordingClient(another)
            client.drain()
            assert [start.handled for start in client.of(SessionStart)] == [2]
        async with pool.join("other", session_id=gone.session_id, previous="never seen") as other:
            client = RecordingClient(other)
            client.drain()
            assert [start.handled for start in client.of(SessionStart)] == [None]


@pytest.mark.parametrize(("mode", "own"), [("run", True), ("edit", False)])
async def test_a_duplicated_tab_gets_a_session_of_its_own_in_run(mode: Mode, own: bool) -> None:
    async with pool_of(ScriptedStarter(), mode=mode) as pool, pool.join("old") as old:
        client = RecordingClient(old)

        async def answer() -> None:
            await client.wait_for(Probe)
            client.command(Ping())

        answering = asyncio.create_task(answer())
        async with pool.join("new", session_id=old.session_id, previous="old") as new:
            assert (new.session_id != old.session_id) is own
            assert old.closed_because is None
        await answering


async def test_a_page_that_says_goodbye_to_a_probe_is_gone() -> None:
    async with pool_of(ScriptedStarter()) as pool, pool.join("old") as old:
        client = RecordingClient(old)

        async def leave() -> None:
            await client.wait_for(Probe)
            client.say_goodbye()

        leaving = asyncio.create_task(leave())
        async with pool.join("new", session_id=old.session_id, previous="old") as new:
            assert new.session_id == old.session_id
        await leaving


async def test_late_bytes_of_the_page_before_a_refresh_do_not_make_it_a_second_tab() -> None:
    """Promise 7: over a slow link the end of a drag comes after the new page, and the goodbye behind it."""
    async with pool_of(ScriptedStarter()) as pool, pool.join("old") as old:
        client = RecordingClient(old)

        async def arrive() -> None:
            await client.wait_for(Probe)
            client.write("m", value=1)
            client.say_goodbye()

        arriving = asyncio.create_task(arrive())
        async with pool.join("new", session_id=old.session_id, previous="old") as new:
            assert new.session_id == old.session_id
        await arriving


async def test_a_session_that_ends_during_the_probe_is_not_joined() -> None:
    async with pool_of(ScriptedStarter()) as pool, pool.join("old") as old:
        joining = asyncio.create_task(joined_session(pool, old.session_id))
        await settle()
        session = pool.get(old.session_id)
        assert session is not None
        session.close("ended")
        assert await joining != old.session_id


async def joined_session(pool: SessionPool, session_id: str) -> str:
    async with pool.join("new", session_id=session_id, previous="old") as connection:
        return connection.session_id


# ---- lifetimes ----


async def test_a_goodbye_does_not_end_the_session_of_another_client_that_was_lost() -> None:
    settings = PoolSettings(goodbye_seconds=0.01, lost_seconds=60)
    async with pool_of(ScriptedStarter(), settings) as pool:
        async with pool.join("lost") as lost:
            pass
        async with pool.join("other", session_id=lost.session_id) as other:
            RecordingClient(other).say_goodbye()
        await asyncio.sleep(0.05)
        async with pool.join("lost", session_id=lost.session_id) as back:
            assert back.session_id == lost.session_id


@pytest.mark.parametrize("goodbye", [True, False])
async def test_a_session_without_clients_ends(goodbye: bool) -> None:
    """Sooner when its last page said goodbye than when the connection was lost."""
    settings = PoolSettings(goodbye_seconds=0.01 if goodbye else None, lost_seconds=None if goodbye else 0.01)
    starter = ScriptedStarter()
    async with pool_of(starter, settings) as pool:
        async with pool.join() as connection:
            await starter.kernel()
            if goodbye:
                RecordingClient(connection).say_goodbye()
        await until_gone(pool, connection.session_id)
        await settle()
        assert starter.alive == 0


async def test_a_session_that_somebody_came_back_to_lives_on() -> None:
    settings = PoolSettings(goodbye_seconds=0.02, lost_seconds=0.02)
    async with pool_of(ScriptedStarter(), settings) as pool:
        async with pool.join("A") as connection:
            pass
        async with pool.join("A", session_id=connection.session_id) as again:
            await asyncio.sleep(0.05)
            assert pool.get(again.session_id) is not None
        await until_gone(pool, connection.session_id)


async def test_a_session_is_kept_for_ever_where_the_setting_says_so() -> None:
    settings = PoolSettings(goodbye_seconds=None, lost_seconds=None)
    async with pool_of(ScriptedStarter(), settings) as pool:
        async with pool.join() as connection:
            pass
        await asyncio.sleep(0.02)
        assert pool.get(connection.session_id) is not None


async def test_the_session_longest_without_clients_makes_room() -> None:
    async with pool_of(ScriptedStarter(), PoolSettings(sessions=2)) as pool:
        async with pool.join() as first:
            pass
        async with pool.join() as second:
            pass
        async with pool.join() as third:
            assert pool.get(first.session_id) is None
            assert pool.get(second.session_id) is not None
            async with pool.join():
                assert pool.get(second.session_id) is None
                with pytest.raises(SessionsFull, match="2 people"):
                    await pool.join().__aenter__()
                assert third.closed_because is None


async def test_a_fault_in_one_session_does_not_end_the_others(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(ScriptedStarter):
        async def start(self) -> ScriptedKernel:
            kernel = await super().start()
            if len(self.kernels) == 1:
                raise RuntimeError("a fault")
            return kernel

    with caplog.at_level(logging.ERROR):
        async with pool_of(Broken()) as pool, pool.join() as first:
            await settle()
            assert first.closed_because is not None
            assert "a fault" in caplog.text
            async with pool.join() as second:
                await settle()
                assert second.closed_because is None


# ---- the one session of edit ----


async def test_in_edit_every_page_joins_one_session_and_none_ends_it() -> None:
    settings = PoolSettings(goodbye_seconds=0.0, lost_seconds=0.0, sessions=1)
    starter = ScriptedStarter()
    async with pool_of(starter, settings, mode="edit") as pool:
        async with pool.join("A") as first, pool.join("B") as second, pool.join("C", session_id="gone") as third:
            assert first.session_id == second.session_id == third.session_id
            RecordingClient(first).say_goodbye()
        await asyncio.sleep(0.02)
        async with pool.join("D") as later:
            assert later.session_id == first.session_id
    assert len(starter.kernels) == 1


async def test_a_page_of_a_server_that_was_started_again_starts_with_a_snapshot() -> None:
    """The place that it has is one of another session."""
    async with pool_of(ScriptedStarter(), mode="edit") as pool, pool.join("A") as first:
        RecordingClient(first).drain()
        async with pool.join("A", session_id="of the server before", after=1) as again:
            start = RecordingClient(again).drain()[0]
            assert isinstance(start, SessionStart)
            assert not start.resumed


# ---- a spare kernel ----


async def test_a_spare_kernel_is_taken_and_another_one_started() -> None:
    starter = ScriptedStarter()
    async with pool_of(starter, PoolSettings(spare=True)) as pool:
        spare = await starter.kernel(0)
        await settle()
        async with pool.join() as connection:
            client = RecordingClient(connection)
            client.drain()
            await starter.kernel(1)
            spare.open("m")
            await client.wait_for(ModelLifecycle)
            client.command(Restart())
            await starter.kernel(2)
    assert starter.alive == 0


async def test_a_spare_kernel_that_died_is_not_given_out() -> None:
    starter = ScriptedStarter()
    async with SpareKernel(starter) as spares:
        dead = await starter.kernel(0)
        await settle()
        await dead.end("killed")
        await settle()
        assert dead.closed
        assert len(starter.kernels) == 1  # it is not tried again and again
        taken = await spares.start()
        assert taken is not dead
        await taken.aclose()
    assert starter.alive == 0


async def test_a_spare_kernel_makes_way_for_a_warmer_one() -> None:
    starter = ScriptedStarter()
    async with SpareKernel(starter) as spares:
        cold = await starter.kernel(0)
        await settle()
        starter.warmed.set()
        warm = await starter.kernel(1)
        await settle()
        assert cold.closed
        assert await spares.start() is warm
        await warm.aclose()
    assert starter.alive == 0


async def test_a_spare_kernel_that_cannot_start_is_an_error_of_who_needs_one() -> None:
    starter = ScriptedStarter()
    starter.failure = OSError("no more processes")
    async with SpareKernel(starter) as spares:
        await settle()
        with pytest.raises(OSError, match="no more processes"):
            await spares.start()
