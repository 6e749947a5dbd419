"""Who gets a SIGINT, and when. Signals are raised in this process, which a test may well survive."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import AsyncIterator

import pytest

from anyhost.kernel.interruption import Interruption

pytestmark = pytest.mark.anyio


@pytest.fixture
async def interruption() -> AsyncIterator[Interruption]:
    with Interruption(asyncio.get_running_loop()) as installed:
        yield installed


async def test_code_that_runs_is_interrupted_on_the_spot(interruption: Interruption) -> None:
    after = False
    with pytest.raises(KeyboardInterrupt), interruption.allowed() as region:
        interruption.interrupt()
        for _ in range(1000):
            pass
        after = True
    assert region.interrupted
    assert not after


async def test_code_that_awaits_ends_in_the_same_way(interruption: Interruption) -> None:
    asyncio.get_running_loop().call_soon(interruption.interrupt)
    with pytest.raises(KeyboardInterrupt), interruption.allowed() as region:
        await asyncio.sleep(60)
    assert region.interrupted
    task = asyncio.current_task()
    assert task is not None
    assert not task.cancelling()
    await asyncio.sleep(0)  # nothing is left over


async def test_a_region_can_be_opened_for_another_task(interruption: Interruption) -> None:
    cell = asyncio.create_task(asyncio.sleep(60))
    asyncio.get_running_loop().call_later(0.01, interruption.interrupt)
    with interruption.allowed(cell) as region:
        await asyncio.wait([cell])
    assert region.interrupted
    assert cell.cancelled()


async def test_a_body_that_swallows_it_can_still_tell(interruption: Interruption) -> None:
    with interruption.allowed() as region:
        try:
            interruption.interrupt()
            await asyncio.sleep(0)
        except KeyboardInterrupt:
            pass
    assert region.interrupted


async def test_a_task_that_somebody_else_cancelled_stays_cancelled(interruption: Interruption) -> None:
    async def cell() -> None:
        with interruption.allowed():
            await asyncio.sleep(60)

    task = asyncio.create_task(cell())
    await asyncio.sleep(0)
    task.cancel()
    interruption.interrupt()
    await asyncio.wait([task])
    assert task.cancelled()


async def test_outside_a_region_nothing_happens(interruption: Interruption) -> None:
    with interruption.allowed():
        pass
    for _ in range(3):
        interruption.interrupt()
        await asyncio.sleep(0)


async def test_the_running_region_is_struck_not_the_newest(interruption: Interruption) -> None:
    """A callback's region is open while a cell awaits; each task has its own."""
    waiting = asyncio.Event()

    async def cell() -> None:
        with interruption.allowed():
            waiting.set()
            await asyncio.sleep(60)

    with interruption.allowed():
        task = asyncio.create_task(cell())
        await waiting.wait()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert not task.done()
    task.cancel()


async def test_a_shield_holds_it_back(interruption: Interruption) -> None:
    inside = False
    with pytest.raises(KeyboardInterrupt), interruption.allowed():
        with interruption.shield:
            with interruption.shield:
                signal.raise_signal(signal.SIGINT)
            inside = True
        raise AssertionError("the shield's end lets it through")
    assert inside


async def test_another_threads_shield_holds_nothing_back(interruption: Interruption) -> None:
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with interruption.shield:
            entered.set()
            leave.wait(5)

    thread = threading.Thread(target=hold)
    thread.start()
    entered.wait(5)
    with pytest.raises(KeyboardInterrupt), interruption.allowed():
        signal.raise_signal(signal.SIGINT)
    leave.set()
    thread.join()


async def test_the_earlier_handler_comes_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interruption(asyncio.get_running_loop()):
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) == before
