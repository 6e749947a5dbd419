"""The limits of `protocol.md`, section 5, each at its boundary, over real sockets (promise 8).

What comes from a kernel is scripted, so that each byte is known. The limits of the page's side are tested in
`packages/`, that of the kernel's pipe in `tests/kernel/test_pipe.py`; `docs/guarantees.md` has the table.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import httpx
import msgspec
import pytest
from scripted_server import BEARER, Scripted, scripted_server
from test_serving import serving

from anyhost.protocol.buffers import Buffers
from anyhost.protocol.codec import CHUNK, LongText, encode_frame
from anyhost.protocol.messages import (
    ModelCommand,
    ModelCustomMessage,
    ModelCustomRequest,
    ModelLifecycle,
    ModelUpdateRequest,
    Ping,
    Pong,
    Refusal,
    SessionStart,
    SnapshotEnd,
)
from anyhost.session.log import size_of
from anyhost.session.settings import PoolSettings, SessionSettings
from anyhost.testing.kernel import ScriptedKernel
from anyhost.testing.remote import Refused, RemoteClient

pytestmark = [pytest.mark.anyio, pytest.mark.process]

HUGE = 16 << 20
"""More than the buffers of a socket take: it is being written for as long as nobody reads."""


class Scene:
    """A server, its socket's address, and the kernel of the first session."""

    def __init__(self, server: Scripted, port: int) -> None:
        self.server = server
        self.port = port
        self.kernel: ScriptedKernel

    def client(self, session_id: str | None = None, **options: Any) -> RemoteClient:
        address = f"ws://127.0.0.1:{self.port}/ws"
        return RemoteClient(address, session_id=session_id, headers=BEARER, **options)

    async def taken_in(self, client: RemoteClient, place: int) -> None:
        """Wait until the client's session has so much of what its kernel said."""
        session = self.server.pool.get(str(client.session_id))
        assert session is not None
        await eventually(lambda: session.seq >= place)

    @asynccontextmanager
    async def joined(self, client: RemoteClient, **options: Any) -> AsyncIterator[RemoteClient]:
        """Connected, with the snapshot read."""
        async with client.connected(**options):
            await client.until(lambda: client.seq is not None)
            yield client


@asynccontextmanager
async def scene(pool: PoolSettings | None = None, **limits: Any) -> AsyncIterator[tuple[Scene, RemoteClient]]:
    """A session with a model `m`, and one client that has it."""
    async with (
        scripted_server(limits=SessionSettings(**limits), pool_settings=pool) as server,
        serving(server.app) as port,
    ):
        here = Scene(server, port)
        async with here.joined(here.client()) as client:
            here.kernel = await server.starter.kernel()
            here.kernel.open("m", count=0)
            await client.until(lambda: client.replay.is_open("m"))
            yield here, client


async def everyone_goes_on(here: Scene, session_id: str | None, count: int = 77) -> None:
    """Another client of this session joins, writes and is answered."""
    async with here.joined(here.client(session_id)) as other:
        answer = await other.begin(other.writing("m", count=count))
        while not isinstance((command := await here.kernel.model_command()).message, ModelUpdateRequest):
            here.kernel.answer(command)
        here.kernel.answer(command)
        assert (await asyncio.wait_for(answer, 5)).status == "accepted"


# ---- what waits for a client ----


@pytest.mark.parametrize("excess", [0, 1])
async def test_the_outbox_takes_so_many_bytes_behind_the_first_message_and_not_one_more(excess: int) -> None:
    """Then the queue is dropped, and a snapshot follows, with the announcement of what was lost (promise 3)."""
    small = size_of(said("m", 1, 1000))
    async with scene(outbox_bytes=4 * small) as (here, fast):
        slow = here.client(fast.session_id)
        async with here.joined(slow):
            slow.stop_reading()
            here.kernel.custom("m", 0, [bytes(HUGE)])  # is being written
            await fast.until(lambda: fast.customs)
            here.kernel.custom("m", 1, [bytes(HUGE)])  # of any size, since nothing else waits
            for number in range(2, 6):
                here.kernel.custom("m", number, [bytes(1000 + excess * (number == 5))])
            await here.taken_in(fast, (fast.seq or 0) + 5)
            slow.read()
            await slow.until(lambda: len(slow.customs) == 6 or slow.gaps)
            assert [custom.content for custom in slow.customs] == ([0] if excess else [0, 1, 2, 3, 4, 5])
            assert [lost.model_ids for lost in slow.gaps] == ([("m",)] if excess else [])
            assert len(list(slow.of(SnapshotEnd))) == 1 + excess


# ---- coming back ----


@pytest.mark.parametrize(("missed", "resumed"), [(5, True), (6, False)])
async def test_a_client_resumes_as_long_as_the_log_has_so_many_messages(missed: int, resumed: bool) -> None:
    async with scene(log_messages=5) as (here, watcher):
        client = here.client(watcher.session_id)
        async with here.joined(client):
            pass
        for count in range(1, missed + 1):
            here.kernel.update("m", count=count)
        await watcher.until(lambda: watcher.state_of("m") == {"count": missed})
        async with client.connected():
            await client.until(lambda: client.state_of("m") == {"count": missed})
            assert [start.resumed for start in client.of(SessionStart)] == [False, resumed]
            assert client.gaps == []  # nothing but updates was missed, and a snapshot has those


@pytest.mark.parametrize(("size", "resumed"), [(3000, True), (3001, False)])
async def test_a_client_resumes_as_long_as_the_log_has_so_many_bytes(size: int, resumed: bool) -> None:
    """Where it cannot, the custom messages that it missed are announced as lost."""
    limit = size_of(said("m", 1, 3000)) + size_of(said("m", 2, 1000))
    async with scene(log_bytes=limit) as (here, watcher):
        client = here.client(watcher.session_id)
        async with here.joined(client):
            pass
        here.kernel.custom("m", 1, [bytes(size)])
        here.kernel.custom("m", 2, [bytes(1000)])
        await watcher.until(lambda: len(watcher.customs) == 2)
        async with client.connected():
            await client.until(lambda: client.customs or client.gaps)
            await client.until(lambda: len(client.customs) == 2 or client.gaps)
            assert [start.resumed for start in client.of(SessionStart)] == [False, resumed]
            assert [lost.model_ids for lost in client.gaps] == ([] if resumed else [("m",)])


async def test_a_message_larger_than_the_log_is_not_kept_and_the_log_starts_after_it() -> None:
    async with scene(log_bytes=10_000) as (here, watcher):
        before, after = here.client(watcher.session_id), here.client(watcher.session_id)
        async with here.joined(before):
            pass
        here.kernel.custom("m", 1, [bytes(20_000)])
        await watcher.until(lambda: watcher.customs)
        async with here.joined(after):
            pass
        here.kernel.custom("m", 2)
        await watcher.until(lambda: len(watcher.customs) == 2)
        for client in (before, after):
            async with client.connected():
                await client.until(partial(has_heard, client))
        assert [custom.content for custom in after.customs] == [2]
        assert after.gaps == []
        assert before.gaps


# ---- one incoming message ----


@pytest.mark.parametrize("form", ["buffers", "long text"])
async def test_a_message_of_the_limit_is_taken_and_one_byte_more_is_refused_before_any_is_sent(form: str) -> None:
    limit = 4 << 20
    async with scene(message_bytes=limit) as (here, client):
        assert next(client.of(SessionStart)).limits.message == limit
        room = limit - encode_frame(message_of(form, 0)).nbytes
        taken = message_of(form, room)
        while encode_frame(taken).nbytes > limit:  # its own length takes digits, too
            room -= 1
            taken = message_of(form, room)
        assert encode_frame(taken).nbytes == limit
        await client.command(taken)
        arrived = await asyncio.wait_for(here.kernel.model_command(), 10)
        assert arrived.buffers.nbytes == taken.buffers.nbytes
        here.kernel.answer(arrived)

        refused = encode_frame(message_of(form, room + 1))
        announced = refused.text.decode()
        if form == "long text":
            announced = msgspec.json.encode(LongText(text=len(refused.text), total=refused.nbytes)).decode()
        await client.send(announced)
        await client.until(lambda: any(str(limit) in refusal.error for refusal in client.of(Refusal)))
        rest = refused.nbytes if form == "long text" else refused.buffers.nbytes
        for start in range(0, rest, CHUNK):  # counted off, and thrown away
            await client.send(bytes(min(CHUNK, rest - start)))
        await client.command(Ping())
        await client.until(lambda: list(client.of(Pong)))
        await everyone_goes_on(here, client.session_id)


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize(("excess", "status"), [(0, 200), (1, 413)])
async def test_a_request_has_a_limit_of_its_own(excess: int, status: int, announced: bool) -> None:
    async with scripted_server(message_limit=2000) as server, serving(server.app) as port:
        here = Scene(server, port)
        async with here.joined(here.client()) as client:
            kernel = await server.starter.kernel()
            kernel.open("m", count=0)
            await client.until(lambda: client.replay.is_open("m"))
            start, end = b'{"modelId":"m","message":{"method":"custom","content":"', b'"}}'
            body = start + b"x" * (2000 + excess - len(start) - len(end)) + end
            headers = {**BEARER, "Anyhost-Session-Id": str(client.session_id)}
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
                content = body if announced else in_pieces(body)
                asked = asyncio.create_task(http.post("/api/kernel/set_model_value", content=content, headers=headers))
                if not excess:
                    kernel.answer(await kernel.model_command())
                assert (await asked).status_code == status


# ---- commands ----


async def test_so_many_commands_of_a_client_wait_and_the_next_is_refused_by_its_number() -> None:
    async with scene(waiting_commands=3) as (here, client):
        answers = [await client.begin(client.writing("m", count=count)) for count in range(4)]
        with pytest.raises(Refused, match="at most 3"):
            await asyncio.wait_for(answers[3], 5)
        for answer in answers[:3]:
            here.kernel.answer(await here.kernel.model_command())
            assert (await asyncio.wait_for(answer, 5)).status == "accepted"
        again = await client.begin(client.writing("m", count=5))
        here.kernel.answer(await here.kernel.model_command())
        assert (await asyncio.wait_for(again, 5)).status == "accepted"


async def test_so_many_bytes_of_commands_wait_and_one_alone_may_be_of_any_size() -> None:
    async with scene(waiting_bytes=1000) as (here, client):
        first = await client.begin(client.saying("m", 1, (bytes(5000),)))
        with pytest.raises(Refused):
            await asyncio.wait_for(await client.begin(client.saying("m", 2)), 5)
        here.kernel.answer(await here.kernel.model_command())
        await asyncio.wait_for(first, 5)
        second = await client.begin(client.saying("m", 3))
        here.kernel.answer(await here.kernel.model_command())
        await asyncio.wait_for(second, 5)


async def test_a_flood_of_commands_costs_its_client_refusals_and_the_others_nothing() -> None:
    async with scene() as (here, flooding):
        answers = [await flooding.begin(flooding.writing("m", count=count)) for count in range(3000)]
        outcomes = []
        for answer in answers[1000:]:
            with pytest.raises(Refused):
                await asyncio.wait_for(answer, 10)
            outcomes.append(answer)
        assert len(outcomes) == 2000
        async with here.joined(here.client(flooding.session_id)) as other:
            answer = await other.begin(other.writing("m", count=-1))
            for _ in range(1001):
                here.kernel.answer(await here.kernel.model_command())
            assert (await asyncio.wait_for(answer, 10)).status == "accepted"
            await flooding.until(lambda: flooding.state_of("m") == {"count": -1})
        assert not flooding.unanswered


async def test_who_floods_and_reads_no_refusal_is_let_go_and_the_session_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("anyhost.server.sockets._CLOSE_SECONDS", 0.1)
    async with scene(waiting_commands=10) as (here, other):
        flooding = here.client(other.session_id)
        session = here.server.pool.get(str(other.session_id))
        assert session is not None
        async with here.joined(flooding):
            flooding.stop_reading()
            here.kernel.custom("m", 0, [bytes(HUGE)])  # from here on its refusals wait
            await other.until(lambda: other.customs)
            for _ in range(200):
                await flooding.send("not a message")
            await eventually(lambda: session.connected == 1)
        await everyone_goes_on(here, other.session_id)


async def test_a_flood_of_pings_is_answered_by_one_pong() -> None:
    async with scene() as (here, client):
        client.stop_reading()
        here.kernel.custom("m", 0, [bytes(HUGE)])  # is being written
        await here.taken_in(client, (client.seq or 0) + 1)
        for _ in range(1000):
            await client.command(Ping())
        answer = await client.begin(client.writing("m", count=1))
        here.kernel.answer(await here.kernel.model_command())  # the pings before it were handled
        client.read()
        await asyncio.wait_for(answer, 10)
        assert len(list(client.of(Pong))) == 1


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "{",
        "[" * 100_000,
        '{"type":"model"}',
        '{"type":"model","modelId":"m","commandId":-1,"message":{"method":"update","state":{},"bufferPaths":[]}}',
        '{"type":"model","modelId":"","commandId":1,"message":{"method":"update","state":{},"bufferPaths":[]}}',
        '{"text":-1,"total":1}',
    ],
)
async def test_what_is_malformed_is_answered_with_an_error_and_everyone_goes_on(frame: str) -> None:
    async with scene() as (here, client):
        await client.send(frame)
        await client.command(Ping())
        await client.until(lambda: list(client.of(Pong)))
        await everyone_goes_on(here, client.session_id)


@pytest.mark.parametrize("model_id", ["never", "m\x00", "../m", "M" * 100_000])
async def test_a_wrong_id_is_rejected_and_everyone_goes_on(model_id: str) -> None:
    async with scene() as (here, client):
        assert (await asyncio.wait_for(client.write(model_id, count=1), 5)).status == "rejected"
        await everyone_goes_on(here, client.session_id)


# ---- sessions ----


@pytest.mark.parametrize("goodbye", [True, False])
async def test_a_session_whose_last_page_said_goodbye_ends_sooner_than_one_that_was_lost(goodbye: bool) -> None:
    pool = PoolSettings(goodbye_seconds=0.05, lost_seconds=3600)
    async with scene(pool) as (here, first):
        async with here.joined(here.client()) as page:
            kernel = await here.server.starter.kernel(1)
            if goodbye:
                await page.say_goodbye()
        await gone(here, page)
        session = here.server.pool.get(str(page.session_id))
        await asyncio.sleep(0.3)
        assert (session is None or session.closed_because is not None) == goodbye
        assert kernel.closed == goodbye
        again = here.client(page.session_id)
        async with here.joined(again):
            assert (again.session_id == page.session_id) == (not goodbye)
        assert first.closed is None


async def test_beyond_so_many_sessions_the_longest_without_clients_goes_and_then_nobody_comes_in() -> None:
    async with scene(PoolSettings(sessions=3, probe_seconds=0.1)) as (here, _first):
        left = []
        for _ in range(2):
            async with here.joined(here.client()) as page:
                left.append(page.session_id)
            await gone(here, page)
        async with here.joined(here.client()), here.joined(here.client()) as third:
            assert [here.server.pool.get(str(session_id)) for session_id in left] == [None, None]
            assert third.session_id not in left
            refused = here.client()
            async with refused.connected():
                await refused.until(lambda: list(refused.of(Refusal)))
                assert "--max-sessions" in next(refused.of(Refusal)).error


async def test_so_many_lost_clients_are_remembered_and_the_longest_gone_is_forgotten_first() -> None:
    async with scene(remembered_clients=2) as (here, watcher):
        clients = [here.client(watcher.session_id) for _ in range(3)]
        for client in clients:
            async with here.joined(client):
                pass
            await gone(here, client)
        here.kernel.update("m", count=1)
        await watcher.until(lambda: watcher.state_of("m") == {"count": 1})
        for client in reversed(clients):
            async with client.connected():
                await client.until(partial(has_count, client, 1))
        assert [list(client.of(SessionStart))[1].resumed for client in clients] == [False, True, True]


# ---- what the tests above share ----


async def in_pieces(body: bytes) -> AsyncIterator[bytes]:
    """A body whose length is not announced."""
    for start in range(0, len(body), 500):
        yield body[start : start + 500]


def has_heard(client: RemoteClient) -> bool:
    return bool(client.gaps or client.customs)


def has_count(client: RemoteClient, count: int) -> bool:
    return client.state_of("m") == {"count": count}


async def eventually(true: Callable[[], bool]) -> None:
    """Wait for something that nobody tells of."""
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def gone(here: Scene, client: RemoteClient) -> None:
    """Wait until the server has noticed that this client's connection has ended."""

    def noticed() -> bool:
        session = here.server.pool.get(str(client.session_id))
        return session is None or session.connection_of(client.client_id) is None

    await eventually(noticed)


def said(model_id: str, content: Any, nbytes: int) -> ModelLifecycle:
    message = ModelCustomMessage(content=msgspec.Raw(msgspec.json.encode(content)), buffers=Buffers([bytes(nbytes)]))
    return ModelLifecycle(model_id=model_id, message=message)


def message_of(form: str, size: int) -> ModelCommand:
    """A custom message with this much in it: as binary, or as a text that is too long for one frame."""
    content = msgspec.Raw(msgspec.json.encode("x" * size if form == "long text" else None))
    buffers = Buffers([bytes(size)] if form == "buffers" else [])
    return ModelCommand(model_id="m", command_id=1, message=ModelCustomRequest(content=content), buffers=buffers)
