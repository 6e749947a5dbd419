"""Commands that clients send to a session with a scripted kernel, and their answers (`protocol.md`, section 4)."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from scene import kinds, scene, settle, state_of, updates_in

from anyhost.protocol.messages import (
    ModelAck,
    ModelCommand,
    ModelUpdateRequest,
    Refusal,
)
from anyhost.session.commands import TooManyCommands
from anyhost.session.settings import SessionSettings
from anyhost.testing.kernel import raw_state

pytestmark = pytest.mark.anyio


async def test_a_write_is_the_writers_answer_and_everyone_elses_change_in_one_place() -> None:
    """Promise 4, R3."""
    async with scene() as here:
        here.kernel.open("m", count=1)
        writer, other = await here.joined("A"), await here.joined("B")
        writer.write("m", count=5)
        here.kernel.answer(await here.kernel.model_command())
        await settle()
        (answer,) = writer.drain()
        (change,) = other.drain()
        assert isinstance(answer, ModelAck)
        assert (answer.command_id, answer.status, answer.seq) == (1, "accepted", change.seq)
        assert updates_in([change]) == [{"count": 5}]
        assert state_of(here.session.replay, "m") == {"count": 5}
        assert writer.replay == other.replay == here.session.replay


async def test_a_correction_reaches_everyone() -> None:
    """G14."""
    async with scene() as here:
        here.kernel.open("m", count=1, name="x")
        writer, other = await here.joined("A"), await here.joined("B")
        writer.write("m", count=99, name="y")
        here.kernel.answer(await here.kernel.model_command(), "corrected", count=10)
        await settle()
        writer.drain()
        assert updates_in(other.drain()) == [{"count": 10, "name": "y"}]
        assert writer.replay == other.replay == here.session.replay


async def test_code_is_never_written_by_a_client() -> None:
    """Promise 6, P19: whatever the kernel's answer says of such keys."""
    async with scene() as here:
        here.kernel.open("m", count=1, _model_name="AnyModel")
        writer, other = await here.joined("A"), await here.joined("B")
        writer.write("m", _esm="evil", _model_name="evil", unknown=1, count=2)
        command = await here.kernel.model_command()
        here.kernel.answer(command, "corrected", _esm=None, _model_name=None, unknown=None)
        await settle()
        assert updates_in(other.drain()) == [{"count": 2}]
        assert state_of(here.session.replay, "m") == {"count": 2, "_model_name": "AnyModel"}


async def test_an_answer_to_a_custom_message_is_for_its_writer_only() -> None:
    async with scene() as here:
        here.kernel.open("m")
        writer, other = await here.joined("A"), await here.joined("B")
        writer.say("m", {"kind": "do"}, (b"\0\1",))
        command = await here.kernel.model_command()
        assert command.into_comm_payload()["buffers"] == [b"\0\1"]
        here.kernel.answer(command, error="ValueError: no")
        await settle()
        (answer,) = writer.drain()
        assert isinstance(answer, ModelAck)
        assert answer.error == "ValueError: no"
        assert other.drain() == []


async def test_a_command_for_a_model_that_is_not_there_is_rejected() -> None:
    async with scene() as here:
        here.kernel.open("m")
        client = await here.joined()
        here.kernel.close("m")
        await settle()
        client.write("m", count=1)
        client.write("never", count=1)
        assert [ack.status for ack in client.drain() if isinstance(ack, ModelAck)] == ["rejected", "rejected"]


async def test_a_command_sent_again_is_answered_again_and_applied_once() -> None:
    """`protocol.md`, section 3: with what the model holds by then."""
    async with scene() as here:
        here.kernel.open("m", count=1)
        client = await here.joined()
        command = client.write("m", count=5)
        client.command(command)  # while the kernel has it: its answer will come
        forwarded = await here.kernel.model_command()
        here.kernel.answer(forwarded)
        await settle()
        client.command(command)  # while its answer waits in the outbox
        assert kinds(client.drain()) == ["ModelAck"]
        here.kernel.update("m", count=7)
        await settle()
        client.drain()
        client.command(command)
        (again,) = client.drain()
        assert isinstance(again, ModelAck)
        assert (again.command_id, again.status, again.seq) == (1, "corrected", 0)
        assert again.state == raw_state(count=7)
        client.confirm()
        client.command(command)  # after the answer was confirmed
        assert kinds(client.drain()) == ["Pong", "ModelAck"]
        client.write("m", count=6)
        assert (await here.kernel.model_command()).command_id != forwarded.command_id


async def test_a_rejection_is_repeated_as_such() -> None:
    async with scene() as here:
        client = await here.joined()
        command = client.write("never", count=1)
        client.drain()
        client.command(command)
        (again,) = client.drain()
        assert isinstance(again, ModelAck)
        assert again.status == "rejected"


async def test_an_answer_is_not_lost_with_the_connection() -> None:
    async with scene() as here:
        here.kernel.open("m", count=1)
        client = await here.joined()
        client.write("m", count=5)
        here.session.leave(client.connection)
        here.kernel.answer(await here.kernel.model_command())
        await settle()
        here.rejoin(client)
        client.send_again()
        assert kinds(client.drain()) == ["SessionStart", "ModelAck"]
        assert client.replay == here.session.replay


async def test_an_answer_is_not_lost_with_the_queue() -> None:
    """It comes before the snapshot that holds what it did."""
    async with scene(settings=SessionSettings(outbox_bytes=500)) as here:
        here.kernel.open("m", count=1)
        client = await here.joined()
        client.write("m", count=5)
        here.kernel.answer(await here.kernel.model_command())
        for number in range(20):
            here.kernel.custom("m", number)
        await settle()
        got = client.drain()
        assert kinds(got).index("ModelAck") < kinds(got).index("ModelOpenMessage")
        assert all(notification.seq == 0 for notification in got[:-1])
        assert not client.unanswered


async def test_too_many_commands_are_refused() -> None:
    """Promise 8. The refusal names the command."""
    async with scene(settings=SessionSettings(waiting_commands=2)) as here:
        here.kernel.open("m")
        client = await here.joined()
        for count in range(3):
            client.write("m", count=count)
        (refusal,) = client.drain()
        assert isinstance(refusal, Refusal)
        assert refusal.command_id == 3
        for _ in range(2):
            here.kernel.answer(await here.kernel.model_command())
        await settle()
        client.drain()
        client.write("m", count=4)
        await here.kernel.model_command()


async def test_a_request_without_a_socket_is_answered_and_shown_to_all() -> None:
    """`POST /api/kernel/set_model_value`."""
    async with scene() as here:
        here.kernel.open("m", count=1)
        client = await here.joined()
        command = ModelCommand(model_id="m", message=ModelUpdateRequest(state=raw_state(count=2)), command_id=9)
        asked = asyncio.create_task(here.session.request(command))
        here.kernel.answer(await here.kernel.model_command())
        ack = await asked
        assert (ack.command_id, ack.status) == (9, "accepted")
        assert updates_in(client.drain()) == [{"count": 2}]
        missing = msgspec.structs.replace(command, model_id="never")
        assert (await here.session.request(missing)).status == "rejected"


async def test_too_many_requests_are_refused() -> None:
    async with scene(settings=SessionSettings(waiting_commands=1)) as here:
        here.kernel.open("m", count=1)
        await settle()
        command = ModelCommand(model_id="m", message=ModelUpdateRequest(state=raw_state(count=2)))
        asked = asyncio.create_task(here.session.request(command))
        await settle()
        with pytest.raises(TooManyCommands):
            await here.session.request(command)
        asked.cancel()
        await settle()
        here.kernel.answer(await here.kernel.model_command())  # nobody waits for it any more
        await settle()
        assert state_of(here.session.replay, "m") == {"count": 2}
