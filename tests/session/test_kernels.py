"""The kernels of a session: what each is told, how one ends, and what the next one begins with."""

from __future__ import annotations

import asyncio

import pytest
from scene import scene, settle, state_of

from anyhost.protocol.messages import (
    CellFinished,
    CellLifecycle,
    CellOutput,
    CellRunning,
    KernelStatus,
    ModelAck,
    ModelCloseMessage,
    ModelLifecycle,
    ModelsRefreshed,
    RefreshModels,
    Refusal,
    Restart,
    SnapshotEnd,
)
from anyhost.session.settings import SessionSettings
from anyhost.testing.kernel import raw_state

pytestmark = pytest.mark.anyio


async def test_a_kernel_that_dies_says_why_and_its_models_stay_visible() -> None:
    """R5."""
    async with scene() as here:
        here.kernel.open("m", count=1)
        client = await here.joined()
        here.kernel.say(CellLifecycle(cell_id="c", message=CellRunning()))
        client.write("m", count=2)
        await here.kernel.end("killed by signal 9")
        dead = await client.wait_for(KernelStatus)
        assert (dead.status, dead.detail) == ("dead", "killed by signal 9")
        (answer,) = client.of(ModelAck)
        assert answer.status == "rejected"
        assert answer.error == "the kernel has ended: killed by signal 9"
        (ended,) = [n.message for n in client.of(CellLifecycle) if isinstance(n.message, CellFinished)]
        assert ended.status == "interrupted"
        assert state_of(client, "m") == {"count": 1}
        client.write("m", count=3)
        assert [n.status for n in client.drain() if isinstance(n, ModelAck)] == ["rejected"]
        assert here.kernel.closed


async def test_the_last_words_of_a_kernel_are_heard() -> None:
    async with scene() as here:
        client = await here.joined()
        output = CellOutput(data=raw_state(text="last"))
        here.kernel.say(CellLifecycle(cell_id="c", message=output))
        await here.kernel.end("ended")
        assert (await client.wait_for(CellLifecycle)).message == output
        await client.wait_for(KernelStatus)


async def test_a_kernel_that_only_closes_its_channel_is_dead_too() -> None:
    async with scene(settings=SessionSettings(last_words_seconds=0.01)) as here:
        client = await here.joined()
        await here.kernel.close_channel()
        assert (await client.wait_for(KernelStatus)).status == "dead"
        assert here.kernel.closed


async def test_a_kernel_that_cannot_start_says_why() -> None:
    async with scene() as here:
        client = await here.joined()
        here.starter.failure = OSError("no more processes")
        client.command(Restart())
        dead = await client.wait_for(KernelStatus, lambda status: status.status == "dead")
        assert dead.detail == "no more processes"


async def test_a_restart_closes_all_models_and_runs_a_new_kernel() -> None:
    """R5: ids never mix."""
    async with scene() as here:
        here.kernel.open("m", count=1)
        client = await here.joined()
        client.write("m", count=2)
        forwarded = await here.kernel.model_command()
        client.command(Restart())
        second = await here.starter.kernel(1)
        here.kernel.answer(forwarded)  # too late
        await settle()
        second.open("n", count=0)
        await client.wait_for(ModelLifecycle, lambda n: n.model_id == "n")
        assert here.kernel.closed
        assert [(ack.status, ack.error) for ack in client.of(ModelAck)] == [
            ("rejected", "the kernel is being restarted")
        ]
        closed = [n.model_id for n in client.of(ModelLifecycle) if isinstance(n.message, ModelCloseMessage)]
        assert closed == ["m"]
        assert [n.status for n in client.of(KernelStatus)] == ["starting", "starting"]
        assert client.replay.model_ids == ["n"]


async def test_restarts_are_limited_in_rate() -> None:
    async with scene() as here:
        client = await here.joined()
        client.command(Restart())
        await here.starter.kernel(1)
        client.command(Restart())
        await client.wait_for(Refusal)
        assert len(here.starter.kernels) == 2


async def test_a_kernel_that_never_stops_talking_does_not_hold_up_clients() -> None:
    async with scene() as here:
        client = await here.joined()
        here.kernel.open("m")
        for count in range(10_000):
            here.kernel.update("m", count=count)
        await client.wait_for(ModelLifecycle)
        assert here.session.seq < 5_000


# ---- models that change values without a word ----


async def test_a_snapshot_asks_what_a_model_that_signals_holds() -> None:
    """Promise 2: FigureWidget changes its data in place, and tells only the pages that are there."""
    async with scene() as here:
        here.kernel.open("m", signal=None, data=1)
        here.kernel.open("plain", data=1)
        here.kernel.update("m", signal="redraw")
        here.kernel.update("m", signal=None)
        await settle()
        client = here.join()
        snapshot = asyncio.create_task(client.wait_for(SnapshotEnd))
        assert await here.kernel.command() == RefreshModels(model_ids=["m"])
        here.kernel.update("m", data=2)
        here.kernel.say(ModelsRefreshed())
        await snapshot
        assert state_of(client, "m") == {"signal": None, "data": 2}


async def test_a_snapshot_does_not_wait_for_a_kernel_that_is_busy() -> None:
    async with scene(settings=SessionSettings(refresh_seconds=0.01)) as here:
        here.kernel.open("m", signal="redraw", data=1)
        here.kernel.update("m", signal=None)
        await settle()
        client = here.join()
        await client.wait_for(SnapshotEnd)
        assert state_of(client, "m") == {"signal": None, "data": 1}
        here.kernel.update("m", data=2)
        here.kernel.say(ModelsRefreshed())
        await client.wait_for(ModelLifecycle)
        assert state_of(client, "m") == {"signal": None, "data": 2}
