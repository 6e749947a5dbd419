"""A session with a scripted kernel, seen by its clients (`protocol.md`, sections 3 and 4)."""

from __future__ import annotations

import asyncio
from typing import Any, get_args

import msgspec
import pytest
from scene import scene, settle

from anyhost.protocol.buffers import Buffers
from anyhost.protocol.messages import (
    AddCell,
    CellConsole,
    CellFinished,
    CellLifecycle,
    CellOutput,
    CellRunning,
    Complete,
    DeleteCell,
    EditCell,
    Gap,
    Interrupt,
    KernelStatus,
    ModelAck,
    ModelCloseMessage,
    ModelCommand,
    ModelLifecycle,
    ModelOpenMessage,
    ModelsRefreshed,
    ModelUpdateMessage,
    ModelUpdateRequest,
    ModuleSource,
    MoveCell,
    NotebookCommand,
    Ping,
    Pong,
    RefreshModels,
    Refusal,
    ResolveConflict,
    Restart,
    RunCells,
    RunNotebook,
    Save,
    SessionStart,
    SnapshotEnd,
)
from anyhost.protocol.policy import Mode
from anyhost.session.replay import Replay
from anyhost.session.session import TooManyCommands
from anyhost.session.settings import SessionSettings
from anyhost.testing.client import RecordingClient
from anyhost.testing.kernel import ScriptedKernel, raw_state

pytestmark = pytest.mark.anyio


def state_of(holder: RecordingClient | Replay, model_id: str) -> dict[str, Any] | None:
    replay = holder.replay if isinstance(holder, RecordingClient) else holder
    for event in replay.snapshot():
        if isinstance(event, ModelLifecycle) and event.model_id == model_id:
            assert isinstance(event.message, ModelOpenMessage)
            return event.message.into_state()
    return None


def kinds(notifications: list[Any]) -> list[str]:
    return [type(getattr(n, "message", n)).__name__ for n in notifications]


def updates_in(notifications: list[Any]) -> list[dict[str, Any]]:
    return [
        n.message.into_state()
        for n in notifications
        if isinstance(n, ModelLifecycle) and isinstance(n.message, ModelUpdateMessage)
    ]


# ---- joining ----


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


# ---- writes ----


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


async def test_a_client_is_let_go_that_reads_nothing_of_what_it_provokes() -> None:
    async with scene(settings=SessionSettings(waiting_commands=2)) as here:
        client = await here.joined()
        for _ in range(200):
            client.connection.refuse("no")
        assert client.connection.closed_because is not None


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


# ---- what else clients may say ----


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


# ---- the kernel ----


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
