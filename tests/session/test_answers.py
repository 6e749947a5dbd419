"""Every command is answered, whatever becomes of it (promise 4; `protocol.md`, section 4): real kernels and sockets."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from real_session import RealSession, model_with, real_session, status_of

from anyhost.protocol.messages import (
    CellError,
    CellLifecycle,
    KernelStatus,
    ModelAck,
    ModelCloseMessage,
    ModelLifecycle,
    ModelUpdateMessage,
    Restart,
)
from anyhost.session.settings import SessionSettings
from anyhost.testing.remote import RemoteClient

pytestmark = [pytest.mark.anyio, pytest.mark.process]

NOTEBOOK = """\
import os, signal, time
import anywidget, traitlets


class Thing(anywidget.AnyWidget):
    _esm = "export default {}"
    free = traitlets.Any(0).tag(sync=True)
    even = traitlets.Int(0).tag(sync=True)
    seen = traitlets.Int(0).tag(sync=True)

    def __init__(self):
        super().__init__()
        self.on_msg(lambda _widget, content, _buffers: getattr(self, content["do"])(**content.get("how", {})))

    @traitlets.validate("even")
    def _refuse(self, proposal):
        if proposal["value"] % 2:
            raise traitlets.TraitError("odd")
        return proposal["value"]

    @traitlets.observe("free")
    def _count(self, change):
        self.seen += 1
        if change["new"] == "raise":
            raise RuntimeError("an observer that raises")

    def fail(self):
        raise ValueError("a handler that raises")

    def sleep(self, seconds):
        time.sleep(seconds)

    def end(self, how):
        eval(how)


thing = Thing()
"""

PATIENCE = 10.0


@asynccontextmanager
async def thing_of(tmp_path: Path, **limits: Any) -> AsyncIterator[tuple[RealSession, RemoteClient, str]]:
    """A session, a client, and the id of the notebook's widget."""
    notebook = tmp_path / "notebook.py"
    notebook.write_text(NOTEBOOK)
    async with real_session(notebook, SessionSettings(**limits)) as real, real.joined() as client:
        yield real, client, model_with(client, "even")


def shown(client: RemoteClient, model_id: str, key: str) -> list[Any]:
    """All values of a key that a client was told of as changes, in order."""
    updates = (note.message for note in client.of(ModelLifecycle) if note.model_id == model_id)
    states = [update.into_state() for update in updates if isinstance(update, ModelUpdateMessage)]
    return [state[key] for state in states if key in state]


def errors_of(client: RemoteClient) -> list[tuple[str, bool]]:
    errors = (note.message for note in client.of(CellLifecycle) if isinstance(note.message, CellError))
    return [(error.name, error.callback) for error in errors]


async def test_where_a_handler_raises_the_answer_says_so_and_the_next_message_works(tmp_path: Path) -> None:
    """Promise 9: the exception is shown at the widget's cell, too."""
    async with thing_of(tmp_path) as (_, client, thing):
        ack = await client.say(thing, {"do": "fail"})
        assert (ack.status, ack.error) == ("accepted", "ValueError: a handler that raises")
        await client.until(lambda: errors_of(client) == [("ValueError", True)], PATIENCE)
        assert (await client.write(thing, free=1)).error is None


async def test_where_an_observer_raises_the_value_is_kept_and_everyone_has_it(tmp_path: Path) -> None:
    async with thing_of(tmp_path) as (real, client, thing), real.joined(client.session_id) as other:
        ack = await client.write(thing, free="raise")
        assert ack.status == "accepted"
        assert "an observer that raises" in str(ack.error)
        await other.until(lambda: (other.state_of(thing) or {})["free"] == "raise", PATIENCE)


async def test_a_refused_write_is_put_right_where_it_was_written_and_never_shown_to_others(tmp_path: Path) -> None:
    async with thing_of(tmp_path) as (real, client, thing), real.joined(client.session_id) as other:
        ack = await client.write(thing, even=4, free="good")
        assert ack.status == "accepted"
        ack = await client.write(thing, even=3, free="better")
        assert (ack.status, bytes(ack.state["even"])) == ("corrected", b"4")
        await other.until(lambda: (other.state_of(thing) or {})["free"] == "better", PATIENCE)
        assert set(shown(other, thing, "even")) == {4}
        assert shown(client, thing, "even") == []  # its own writes are no changes
        for who in (client, other):
            state = who.state_of(thing) or {}
            assert (state["even"], state["free"]) == (4, "better")


async def test_a_command_on_its_way_to_a_model_that_closes_is_rejected(tmp_path: Path) -> None:
    """The widget closes in a handler; what was sent behind that finds no model, in the kernel or in the session."""
    async with thing_of(tmp_path) as (_, client, thing):
        close = await client.begin(client.saying(thing, {"do": "close"}))
        behind = await client.begin(client.writing(thing, free=1))
        assert (await close).error is None
        assert (await behind).status == "rejected"
        await client.until(lambda: not client.replay.is_open(thing), PATIENCE)
        ack = await client.write(thing, free=2)
        assert (ack.status, ack.error) == ("rejected", "this model is not there (any more)")


async def test_a_busy_kernel_answers_every_write_and_applies_neighbours_together(tmp_path: Path) -> None:
    async with thing_of(tmp_path) as (real, client, thing), real.joined(client.session_id) as other:
        busy = await client.begin(client.saying(thing, {"do": "sleep", "how": {"seconds": 1}}))
        began = time.monotonic()
        writes = [await client.begin(client.writing(thing, free=number)) for number in range(100)]
        acks = await asyncio.gather(busy, *writes)
        assert time.monotonic() - began > 0.9
        assert all(ack.status in ("accepted", "corrected") for ack in acks)
        await other.until(lambda: (other.state_of(thing) or {})["free"] == 99, PATIENCE)
        assert (client.state_of(thing) or {})["free"] == 99
        assert (other.state_of(thing) or {})["seen"] < 50  # observers saw far fewer changes


async def test_an_answer_that_came_while_the_client_was_away_comes_when_it_is_back(tmp_path: Path) -> None:
    """Sent again it is applied once: `seen` counts."""
    async with thing_of(tmp_path) as (real, _, thing):
        client = real.client(next(iter(real.pool)).session_id)
        async with client.connected():
            await client.until(lambda: client.seq is not None, PATIENCE)
            await client.begin(client.saying(thing, {"do": "sleep", "how": {"seconds": 0.3}}))
            answer = await client.begin(client.writing(thing, free="once"))
        async with client.connected():
            await client.send_again()
            assert (await asyncio.wait_for(answer, PATIENCE)).status == "accepted"
            await client.until(lambda: (client.state_of(thing) or {})["seen"] == 1, PATIENCE)
            await client.write(thing, free="twice")
            await client.until(lambda: (client.state_of(thing) or {})["seen"] == 2, PATIENCE)


@pytest.mark.parametrize("how", ["killed from outside", "os._exit(3)", "os.kill(os.getpid(), signal.SIGSEGV)"])
async def test_when_the_kernel_dies_all_are_told_within_a_second_and_nothing_waits_for_ever(
    tmp_path: Path, how: str
) -> None:
    """R5: what was last true stays visible, a restart makes new models, and ids never mix."""
    async with thing_of(tmp_path, restart_seconds=0) as (real, client, thing), real.joined(client.session_id) as other:
        await client.write(thing, free="the last")
        pid = real.session_of(client).kernel_pid
        assert pid is not None
        if how == "killed from outside":
            answers = [await client.begin(client.saying(thing, {"do": "sleep", "how": {"seconds": 60}}))]
            answers.append(await client.begin(client.writing(thing, free="never")))
            await asyncio.sleep(0.2)
            os.kill(pid, signal.SIGKILL)
        else:
            answers = [await client.begin(client.saying(thing, {"do": "end", "how": {"how": how}}))]
        died = time.monotonic()
        for who in (client, other):
            await who.until(lambda who=who: status_of(who) == "dead", PATIENCE)  # type: ignore[misc]
        assert time.monotonic() - died < 1
        assert [ack.status for ack in await asyncio.gather(*answers)] == ["rejected"] * len(answers)
        ack = await client.write(thing, free="too late")
        assert (ack.status, "the kernel has ended" in str(ack.error)) == ("rejected", True)
        for who in (client, other):
            assert (who.state_of(thing) or {})["free"] == "the last"

        await client.command(Restart())
        for who in (client, other):
            await who.until(lambda who=who: status_of(who) == "idle", 30)  # type: ignore[misc]
            closed = [note.model_id for note in who.of(ModelLifecycle) if isinstance(note.message, ModelCloseMessage)]
            assert thing in closed
            assert model_with(who, "even") != thing
        assert (await client.write(thing, free="mixed")).status == "rejected"
        assert (await client.write(model_with(client, "even"), free="new")).status == "accepted"
        assert real.session_of(client).kernel_pid != pid
        assert {status.status for status in other.of(KernelStatus)} >= {"dead", "starting", "busy", "idle"}


async def test_the_first_answer_of_a_command_sent_twice_is_its_only_effect(tmp_path: Path) -> None:
    async with thing_of(tmp_path) as (_, client, thing):
        command = client.writing(thing, free="x")
        answer = await client.begin(command)
        await client.command(command)
        await answer
        await client.command(command)
        await client.until(lambda: len(acks_of(client, command.command_id)) > 1, PATIENCE)
        await client.write(thing, even=2)
        assert (client.state_of(thing) or {})["seen"] == 1


def acks_of(client: RemoteClient, command_id: int | None) -> list[ModelAck]:
    return [ack for ack in client.of(ModelAck) if ack.command_id == command_id]
