"""`/ws`, over real sockets and with scripted kernels."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import msgspec
import pytest
import websockets
from scripted_server import BEARER, TOKEN, Scripted, scripted_server
from starlette.websockets import WebSocket
from test_serving import serving
from websockets.asyncio.client import ClientConnection, connect

from anyhost.protocol.buffers import Buffers
from anyhost.protocol.codec import CHUNK, Decoder, FrameReader, encode_frame, pieces
from anyhost.protocol.messages import (
    Command,
    Gap,
    ModelAck,
    ModelCommand,
    ModelCustomMessage,
    ModelCustomRequest,
    ModelLifecycle,
    Notification,
    Ping,
    Pong,
    Refusal,
    SessionStart,
    SnapshotEnd,
)
from anyhost.server.sockets import Sockets
from anyhost.session.settings import SessionSettings

pytestmark = [pytest.mark.anyio, pytest.mark.process]

T = TypeVar("T", bound=msgspec.Struct)

_NOTIFICATIONS: Decoder[Notification] = Decoder(Notification)


class Page:
    """The far end of a socket, as a page is."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.longest = 0
        self.texts: list[int] = []
        self._frames: FrameReader[Notification] = FrameReader(_NOTIFICATIONS, 1 << 30)

    async def next(self) -> Notification:
        while True:
            piece = await asyncio.wait_for(self.socket.recv(), 10)
            self.longest = max(self.longest, len(piece))
            if isinstance(piece, str):
                self.texts.append(len(piece))
                notification = self._frames.text(piece)
            else:
                notification = self._frames.data(piece)
            if notification is not None:
                return notification

    async def wait_for(self, kind: type[T]) -> T:
        while not isinstance(notification := await self.next(), kind):
            pass
        return notification

    async def send(self, command: Command) -> None:
        for piece in pieces(encode_frame(command)):
            await self.socket.send(piece)

    async def closed(self) -> tuple[int, str]:
        """The code and the reason with which the server closes."""
        try:
            while True:
                await asyncio.wait_for(self.socket.recv(), 10)
        except websockets.ConnectionClosed as closed:
            assert closed.rcvd is not None
            return closed.rcvd.code, closed.rcvd.reason


@asynccontextmanager
async def a_page(port: int, query: str = "", **options: Any) -> AsyncIterator[Page]:
    given = {"additional_headers": BEARER, "max_size": None, **options}
    async with connect(f"ws://127.0.0.1:{port}/ws?{query}", **given) as socket:
        yield Page(socket)


@asynccontextmanager
async def running(**options: Any) -> AsyncIterator[tuple[Scripted, int]]:
    async with scripted_server(**options) as server, serving(server.app) as port:
        yield server, port


def custom(number: int, *buffers: bytes) -> ModelCommand:
    request = ModelCustomRequest(content=msgspec.Raw(b"{}"))
    return ModelCommand(model_id="m", command_id=number, message=request, buffers=Buffers(buffers))


async def test_a_connection_begins_with_its_session_and_a_snapshot() -> None:
    async with running() as (server, port), a_page(port) as page:
        start = await page.next()
        assert isinstance(start, SessionStart)
        assert (start.mode, start.resumed) == ("run", False)
        assert server.pool.get(start.session_id) is not None
        await page.wait_for(SnapshotEnd)


async def test_each_connection_without_a_session_gets_one_of_its_own() -> None:
    async with running() as (_, port), a_page(port) as first, a_page(port) as second:
        assert (await first.wait_for(SessionStart)).session_id != (await second.wait_for(SessionStart)).session_id


async def test_a_client_that_comes_back_resumes_where_it_was() -> None:
    """Promise 7."""
    async with running() as (server, port):
        async with a_page(port, "client=c") as page:
            session = (await page.wait_for(SessionStart)).session_id
            kernel = await server.starter.kernel()
            kernel.open("m", count=1)
            seq = (await page.wait_for(ModelLifecycle)).seq
        kernel.update("m", count=2)
        async with a_page(port, f"client=c&session={session}&after={seq}") as page:
            start = await page.wait_for(SessionStart)
            assert (start.session_id, start.resumed) == (session, True)
            update = await page.wait_for(ModelLifecycle)
            assert update.seq > seq


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "²", "9" * 30, ""])
async def test_a_place_that_is_none_is_refused_before_a_session_begins(after: str) -> None:
    async with running() as (server, port):
        with pytest.raises(websockets.InvalidStatus) as refused:
            async with a_page(port, f"after={after}"):
                pass
        assert refused.value.response.status_code == 400
        assert b"`after`: expected a sequence number" in refused.value.response.body
        assert not list(server.pool)


@pytest.mark.parametrize("sizes", [[10 << 20], [1] * 3000, [0, CHUNK, CHUNK + 1, 0, 7], [0, 0]])
async def test_binary_goes_both_ways_byte_for_byte_in_pieces_of_a_megabyte(sizes: list[int]) -> None:
    """protocol.md, section 2."""
    buffers = [secrets.token_bytes(size) for size in sizes]
    async with running() as (server, port), a_page(port) as page:
        kernel = await server.starter.kernel()
        kernel.open("m")
        await page.wait_for(ModelLifecycle)
        kernel.custom("m", {"x": 1}, buffers)
        message = (await page.wait_for(ModelLifecycle)).message
        assert isinstance(message, ModelCustomMessage)
        assert [bytes(buffer) for buffer in message.buffers] == buffers
        assert page.longest <= CHUNK
        await page.send(custom(1, *buffers))
        command = await kernel.model_command()
        assert [bytes(buffer) for buffer in command.buffers] == buffers


async def test_the_text_that_carries_a_buffer_does_not_grow_with_it() -> None:
    """Issue 2: the text frames that carry a 1 MB and a 10 MB buffer differ by less than 1 KB."""
    async with running() as (server, port), a_page(port) as page:
        kernel = await server.starter.kernel()
        kernel.open("m")
        await page.wait_for(ModelLifecycle)
        kernel.custom("m", {}, [bytes(1_000_000)])
        kernel.custom("m", {}, [bytes(10_000_000)])
        await page.wait_for(ModelLifecycle)
        await page.wait_for(ModelLifecycle)
        assert abs(page.texts[-1] - page.texts[-2]) < 10


async def test_a_long_text_goes_both_ways_in_pieces() -> None:
    """protocol.md, section 2: text above 2 MiB is cut in the same way."""
    text = "ä" * (3 << 20)
    async with running() as (server, port), a_page(port) as page:
        kernel = await server.starter.kernel()
        kernel.open("m", text=text)
        await page.wait_for(ModelLifecycle)
        assert page.longest <= CHUNK
        request = ModelCustomRequest(content=msgspec.Raw(json.dumps(text).encode()))
        await page.send(ModelCommand(model_id="m", command_id=1, message=request))
        command = await kernel.model_command()
        assert isinstance(command.message, ModelCustomRequest)
        assert msgspec.json.decode(command.message.content) == text


async def test_a_message_over_the_limit_is_refused_and_the_connection_stays() -> None:
    """protocol.md, section 2: its frames are counted off and thrown away."""
    limits = SessionSettings(message_bytes=1 << 20)
    async with running(limits=limits) as (_, port), a_page(port) as page:
        assert (await page.wait_for(SessionStart)).limits.message == 1 << 20
        await page.send(custom(1, bytes(3 << 20)))
        refusal = await page.wait_for(Refusal)
        assert "at most 1048576 bytes" in refusal.error
        await page.send(Ping())
        await page.wait_for(Pong)


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"type": "nothing"}', '{"type": "model"}', '{"type":"model","modelId":5}', ""]
)
async def test_what_cannot_be_understood_is_refused_and_the_connection_stays(text: str) -> None:
    async with running() as (_, port), a_page(port) as page:
        await page.socket.send(text)
        assert (await page.wait_for(Refusal)).error
        await page.send(Ping())
        await page.wait_for(Pong)


@pytest.mark.parametrize(
    "frames",
    [
        ['{"type":"model","modelId":"m","message":{"method":"custom","content":1},"buffers":[5]}', '{"type":"ping"}'],
        ['{"type":"model","modelId":"m","message":{"method":"custom","content":1},"buffers":[5]}', bytes(6)],
        [b"binary that nothing announced"],
    ],
)
async def test_what_breaks_the_stream_closes_the_connection(frames: list[str | bytes]) -> None:
    """protocol.md, section 2: a text frame where binary is due, or too many bytes, closes with 1002."""
    async with running() as (_, port), a_page(port) as page:
        for frame in frames:
            await page.socket.send(frame)
        code, reason = await page.closed()
        assert code == 1002
        assert "expected" in reason


async def test_a_viewer_cannot_run_code() -> None:
    """design.md, section 6: in `run` clients send model messages, `ping` and `restart`, nothing else."""
    async with running() as (_, port), a_page(port) as page:
        await page.socket.send('{"type": "interrupt"}')
        assert "interrupt" in (await page.wait_for(Refusal)).error
        for text in (
            '{"type":"run-notebook","path":"/etc/passwd"}',
            '{"type":"shutdown"}',
            '{"type":"execute","code":"1"}',
        ):
            await page.socket.send(text)
            assert (await page.wait_for(Refusal)).error


async def test_a_command_reaches_only_models_of_its_own_session() -> None:
    async with running() as (server, port), a_page(port) as first, a_page(port) as second:
        await first.wait_for(SnapshotEnd)
        await second.wait_for(SnapshotEnd)
        (await server.starter.kernel(0)).open("m")
        await first.wait_for(ModelLifecycle)
        await second.send(custom(1))
        assert (await second.wait_for(ModelAck)).status == "rejected"


async def test_a_connection_whose_place_another_takes_is_told_and_does_not_come_back() -> None:
    async with running() as (_, port), a_page(port, "client=c") as first:
        session = (await first.wait_for(SessionStart)).session_id
        async with a_page(port, f"client=c&session={session}") as second:
            await second.wait_for(SessionStart)
            code, reason = await first.closed()
            assert code == 1000
            assert reason


async def test_a_page_for_which_there_is_no_room_is_told_so_plainly() -> None:
    async with running(sessions=1) as (_, port), a_page(port) as first:
        await first.wait_for(SessionStart)
        async with a_page(port) as second:
            assert "--max-sessions" in (await second.wait_for(Refusal)).error
            code, _ = await second.closed()
            assert code == 1013


async def test_a_browser_s_page_is_let_in_with_the_cookie_and_its_own_origin_only() -> None:
    async with running() as (_, port):
        base = f"127.0.0.1:{port}"
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET /?token={TOKEN} HTTP/1.1\r\nHost: {base}\r\nConnection: close\r\n\r\n".encode())
        answer = (await reader.read()).decode()
        writer.close()
        cookie = answer.partition("set-cookie: ")[2].partition(";")[0]
        async with a_page(port, additional_headers={"cookie": cookie, "origin": f"http://{base}"}) as page:
            await page.wait_for(SessionStart)
        for origin in ({}, {"origin": "http://evil.com"}, {"origin": f"http://{base}.evil.com"}, {"origin": "null"}):
            with pytest.raises(websockets.InvalidStatus) as refused:
                async with a_page(port, additional_headers={"cookie": cookie, **origin}):
                    pass
            assert refused.value.response.status_code in (400, 403)


async def test_a_slow_client_holds_up_only_itself() -> None:
    """Promise 8: it is caught up by a snapshot, and what it lost is announced (promise 3)."""
    limits = SessionSettings(outbox_bytes=1 << 20)
    async with running(limits=limits) as (server, port), a_page(port, "client=slow", max_queue=1) as slow:
        session = (await slow.wait_for(SessionStart)).session_id
        async with a_page(port, f"client=fast&session={session}") as fast:
            await fast.wait_for(SnapshotEnd)
            kernel = await server.starter.kernel()
            kernel.open("m", count=0)
            await slow.wait_for(ModelLifecycle)
            await fast.wait_for(ModelLifecycle)
            for number in range(40):
                kernel.custom("m", number, [bytes(1 << 20)])
                await fast.wait_for(ModelLifecycle)
            assert (await slow.wait_for(Gap)).model_ids == ["m"]
            await slow.wait_for(SnapshotEnd)


async def test_closing_the_page_leaves_the_session_to_come_back_to() -> None:
    async with running() as (server, port):
        async with a_page(port) as page:
            session_id = (await page.wait_for(SessionStart)).session_id
            session = server.pool.get(session_id)
            assert session is not None and session.connected == 1
        for _ in range(100):
            if not session.connected:
                break
            await asyncio.sleep(0.01)
        assert session.connected == 0
        assert server.pool.get(session_id) is session
        assert server.starter.alive == 1


async def test_stopping_the_server_ends_sockets_and_kernels() -> None:
    async with asyncio.timeout(8):
        async with running() as (server, port):
            page = await connect(f"ws://127.0.0.1:{port}/ws", additional_headers=BEARER)
            await Page(page).wait_for(SnapshotEnd)
            assert server.starter.alive == 1
        assert server.starter.alive == 0
        await page.wait_closed()


async def test_a_client_that_goes_while_it_is_written_to_is_no_error() -> None:
    """Nothing can be sent any more, not even a close, and the reader has yet to hear of it."""
    sent: list[str] = []

    async def receive() -> dict[str, Any]:
        if not sent:
            return {"type": "websocket.connect"}
        return await asyncio.get_running_loop().create_future()  # type: ignore[no-any-return]

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message["type"])
        if message["type"] != "websocket.accept":
            raise OSError("the client is gone")

    async with scripted_server() as server:
        scope = {"type": "websocket", "query_string": b"", "headers": [], "subprotocols": []}
        await asyncio.wait_for(Sockets(server.pool).serve(WebSocket(scope, receive, send)), 5)
    assert sent == ["websocket.accept", "websocket.send"]
