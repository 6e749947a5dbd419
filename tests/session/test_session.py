"""A session with a scripted kernel: what its clients may ask, and what ends with it."""

from __future__ import annotations

import asyncio
from typing import Any, get_args

import pytest
from scene import kinds, scene, settle

from anyhost.protocol.buffers import Buffers
from anyhost.protocol.messages import (
    AddCell,
    Complete,
    DeleteCell,
    EditCell,
    Interrupt,
    ModelCommand,
    ModelUpdateRequest,
    ModuleSource,
    MoveCell,
    NotebookCommand,
    Ping,
    Pong,
    Refusal,
    ResolveConflict,
    RunCells,
    RunNotebook,
    Save,
)
from anyhost.protocol.policy import Mode
from anyhost.testing.kernel import ScriptedKernel, raw_state

pytestmark = pytest.mark.anyio


async def test_what_the_mode_does_not_allow_is_refused() -> None:
    """Section 6 of design.md: a viewer can never do more."""
    async with scene(mode="run") as here:
        client = await here.joined()
        client.command(Interrupt())
        assert kinds(client.drain()) == ["Refusal"]
        assert here.kernel.interrupts == 0
    async with scene(mode="edit") as here:
        client = await here.joined()
        client.command(Interrupt())
        assert client.drain() == []
        assert here.kernel.interrupts == 1


@pytest.mark.parametrize("mode", ["run", "dev", "mounted", "static"])
async def test_no_command_on_the_notebook_is_taken_outside_of_edit(mode: Mode) -> None:
    """Section 6 of design.md: who may only look can never run code. The kernel hears nothing of it."""
    fields: dict[type[Any], dict[str, Any]] = {
        EditCell: {"cell_id": "a", "source": "x"},
        AddCell: {"cell_id": "a", "kind": "code"},
        DeleteCell: {"cell_id": "a"},
        MoveCell: {"cell_id": "a"},
        RunCells: {"which": "all"},
        Complete: {"cell_id": "a", "source": "x", "cursor": 1},
        Save: {},
        ResolveConflict: {"keep": "edits"},
    }
    assert set(fields) == set(get_args(NotebookCommand))
    async with scene(mode=mode) as here:
        client = await here.joined()
        for number, (command, given) in enumerate(fields.items(), 1):
            client.command(command(command_id=number, **given))
            (refusal,) = client.drain()
            assert isinstance(refusal, Refusal)
            assert refusal.command_id == number
        await settle()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await here.kernel.command()


async def test_pings_are_answered_and_do_not_pile_up() -> None:
    async with scene() as here:
        client = await here.joined()
        for _ in range(5):
            client.command(Ping())
        assert client.drain() == [Pong()]


async def test_the_kernel_runs_the_notebook() -> None:
    notebook = RunNotebook(path="app.py")
    async with scene(notebook=notebook) as here:
        assert await here.kernel._far_end.receive() == notebook


async def test_modules_go_to_the_store_and_never_to_clients() -> None:
    async with scene() as here:
        client = await here.joined()
        here.kernel.say(ModuleSource(hash="abc", kind="js", buffers=Buffers([b"export default {}"])))
        await settle()
        assert here.modules.held == {"S": ["abc"]}
        assert client.drain() == []
    assert here.modules.held == {}


async def test_the_end_of_a_session_ends_all_that_waits_for_it() -> None:
    """Promise 10."""
    async with scene() as here:
        here.kernel.open("m", count=1)
        client = await here.joined()
        command = ModelCommand(model_id="m", message=ModelUpdateRequest(state=raw_state(count=2)))
        asked = asyncio.create_task(here.session.request(command))
        waits = asyncio.create_task(anext(client.connection))
        await settle()
        here.session.close("that was all")
        answer = await asked
        assert (answer.status, answer.error) == ("rejected", "that was all")
        with pytest.raises(StopAsyncIteration):
            await waits
        assert client.connection.closed_because == "that was all"
        late = here.session.join("B")
        assert late.closed_because == "that was all"
    assert isinstance(here.kernel, ScriptedKernel)
    assert here.kernel.closed
