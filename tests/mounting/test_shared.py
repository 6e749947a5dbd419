"""Widgets that are made once for all: every session shows the same, over clients of real sessions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import ipywidgets
import msgspec
import pytest

from anyhost.mounting.homes import InApp
from anyhost.mounting.visitors import Visit, Visitors
from anyhost.mounting.widgets import NamedWidgets
from anyhost.protocol.messages import ModelAck, ModelLifecycle, ModelUpdateMessage
from anyhost.server.modules import ModuleStore
from anyhost.session.settings import PoolSettings, SessionSettings
from anyhost.testing.client import RecordingClient

pytestmark = pytest.mark.anyio


def up_to_six() -> ipywidgets.IntSlider:
    return ipywidgets.IntSlider(max=6)


@asynccontextmanager
async def visitors() -> AsyncIterator[Visitors]:
    named = NamedWidgets()
    named.add(up_to_six, name="board", shared=True)
    async with Visitors(InApp(named), ModuleStore(), pool=PoolSettings(), sessions=SessionSettings()) as both:
        yield both


@asynccontextmanager
async def client_of(visitors: Visitors, visit: Visit) -> AsyncIterator[RecordingClient]:
    """A page of this visitor, which shows the board."""
    async with visitors.pool.join(session_id=visit.core.session_id) as connection:
        client = RecordingClient(connection)
        board = await visit.session.model_id("board")
        async with asyncio.timeout(5):
            while client.state_of(board) is None:  # a snapshot counts when it is whole
                await client.next()
        yield client


async def test_a_write_is_the_writers_answer_and_a_change_for_all_others() -> None:
    """Promises 2 and 4, across sessions."""
    async with visitors() as both:
        ours, theirs = both.visit(both.new_key(), None), both.visit(both.new_key(), None)
        async with client_of(both, ours) as writer, client_of(both, ours) as second, client_of(both, theirs) as reader:
            board = await ours.session.model_id("board")
            reader.write(board, value=2)
            await reader.wait_for(ModelAck)
            await writer.wait_for(ModelLifecycle, lambda said: isinstance(said.message, ModelUpdateMessage))
            writer.write(board, value=7)
            ack = await writer.wait_for(ModelAck)
            assert (ack.status, ack.state) == ("corrected", {"value": msgspec.Raw(b"6")})
            for client in (second, reader):
                while (client.state_of(board) or {}).get("value") != 6:
                    await client.wait_for(ModelLifecycle)
            states = [client.state_of(board) for client in (writer, second, reader)]
            assert [state and state["value"] for state in states] == [6, 6, 6]
            assert both.shared["board"].value == 6


async def test_who_comes_later_gets_what_it_holds_and_what_python_sets_reaches_all() -> None:
    async with visitors() as both:
        ours, theirs = both.visit(both.new_key(), None), both.visit(both.new_key(), None)
        async with client_of(both, ours) as early:
            both.shared["board"].value = 4
            await early.wait_for(ModelLifecycle, lambda said: isinstance(said.message, ModelUpdateMessage))
            async with client_of(both, theirs) as late:
                board = await theirs.session.model_id("board")
                assert (late.state_of(board) or {})["value"] == 4


async def test_a_visitor_who_asks_for_nothing_shared_is_sent_nothing_of_it() -> None:
    async with visitors() as both:
        both.shared["board"].value = 4
        visit = both.visit(both.new_key(), None)
        async with both.pool.join(session_id=visit.core.session_id) as connection:
            client = RecordingClient(connection)
            client.drain()
            assert client.replay.model_ids == []
