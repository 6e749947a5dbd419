"""Commands that wait for the kernel's main thread."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from anyhost.kernel.waiting import Group, Waiting
from anyhost.protocol.buffers import Buffers
from anyhost.protocol.messages import (
    KernelCommand,
    ModelCommand,
    ModelCustomRequest,
    ModelUpdateRequest,
    RefreshModels,
    Shutdown,
)

pytestmark = pytest.mark.anyio


def update(model_id: str = "m", **state: Any) -> ModelCommand:
    values = {key: msgspec.Raw(msgspec.json.encode(value)) for key, value in state.items()}
    return ModelCommand(model_id=model_id, message=ModelUpdateRequest(state=values))


def custom(model_id: str = "m") -> ModelCommand:
    return ModelCommand(model_id=model_id, message=ModelCustomRequest(content=msgspec.Raw(b"1")))


async def groups(*commands: KernelCommand) -> list[Group]:
    waiting = Waiting()
    for command in commands:
        waiting.put(command)
    waiting.put(Shutdown())
    taken = []
    while not isinstance((group := await waiting.get())[0], Shutdown):
        taken.append(group)
    return taken


async def test_neighbouring_updates_of_one_model_are_taken_together() -> None:
    commands = [update(a=1), update(a=2), update(b=3)]
    assert await groups(*commands) == [commands]


@pytest.mark.parametrize("between", [custom(), custom("other"), update("other", a=1), RefreshModels(model_ids=["m"])])
async def test_nothing_is_crossed(between: KernelCommand) -> None:
    """Promise 3."""
    first, last = update(a=1), update(a=2)
    assert await groups(first, between, last) == [[first], [between], [last]]


async def test_custom_messages_stay_apart() -> None:
    assert await groups(custom(), custom()) == [[custom()], [custom()]]


async def test_a_signal_is_not_swallowed_by_its_end() -> None:
    """`docs/design.md`: plotly sets a trait to a message and back to None."""
    set_, clear, other = update(signal="restyle"), update(signal=None), update(a=None)
    assert await groups(set_, clear) == [[set_], [clear]]
    assert await groups(set_, other) == [[set_, other]]


async def test_binary_leaves_a_null_in_the_state_that_empties_nothing() -> None:
    request = ModelUpdateRequest(state={"data": msgspec.Raw(b"null")}, buffer_paths=[["data"]])
    command = ModelCommand(model_id="m", message=request, buffers=Buffers([b"x"]))
    assert await groups(command, command) == [[command, command]]


async def test_others_have_a_turn_between_two_groups() -> None:
    waiting = Waiting()
    turns: list[int] = []
    task = asyncio.create_task(_note(turns))
    for _ in range(5):
        waiting.put(custom())
    for _ in range(5):
        await waiting.get()
    assert len(turns) >= 4
    task.cancel()


async def _note(turns: list[int]) -> None:
    while True:
        turns.append(len(turns))
        await asyncio.sleep(0)


async def test_who_waits_is_woken() -> None:
    waiting = Waiting()
    task = asyncio.create_task(waiting.get())
    await asyncio.sleep(0)
    waiting.put(custom())
    assert await task == [custom()]


async def test_it_has_settled_when_what_has_arrived_is_taken() -> None:
    """What a channel has received needs turns of the loop to get here."""
    waiting = Waiting()
    taken: list[Group] = []

    async def receive() -> None:
        await asyncio.sleep(0)
        for _ in range(3):
            waiting.put(custom())

    async def take() -> None:
        while True:
            taken.append(await waiting.get())

    tasks = [asyncio.create_task(take()), asyncio.create_task(receive())]
    await waiting.settled()
    assert len(taken) == 3
    for task in tasks:
        task.cancel()


async def test_a_flood_holds_up_no_run() -> None:
    waiting = Waiting()
    waiting.put(custom())  # which nobody takes
    async with asyncio.timeout(5):
        await waiting.settled()
