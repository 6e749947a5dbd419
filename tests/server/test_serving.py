"""uvicorn with our settings, over real sockets: links that live and links that died, signals, the listening socket."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import websockets
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import connect

from anyhost.server.livesocket import LiveSocket
from anyhost.server.serving import Server, bind, ended_by_signals

pytestmark = [pytest.mark.anyio, pytest.mark.process]

HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


class HastySocket(LiveSocket):
    """The same rules, 40 times as fast."""

    ping_every = 0.2
    silence = 0.5
    slowest_link = 1 << 20


def app_of(serve: Callable[[WebSocket], Awaitable[None]]) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        with contextlib.suppress(WebSocketDisconnect):
            await serve(WebSocket(scope, receive, send))

    return app


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    while True:
        await socket.send_bytes(await socket.receive_bytes())


@asynccontextmanager
async def serving(app: ASGIApp, **options: Any) -> AsyncIterator[int]:
    """A server in this loop; its port."""
    listening = bind("127.0.0.1", 0)
    accepting = asyncio.Event()
    server = Server(app, on_accepting=accepting.set, **options)
    with listening:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(server.serve(sockets=[listening]))
            await accepting.wait()
            try:
                yield listening.getsockname()[1]
            finally:
                server.stop()


@asynccontextmanager
async def silent_client(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A peer that answers no ping, as after its cable was pulled."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=4 << 20)
    writer.write(HANDSHAKE)
    await reader.readuntil(b"\r\n\r\n")
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def test_a_client_that_is_gone_is_noticed_and_one_that_only_says_nothing_is_kept() -> None:
    async with (
        serving(app_of(echo), socket_class=HastySocket) as port,
        connect(f"ws://127.0.0.1:{port}") as client,
        silent_client(port) as (reader, _),
    ):
        async with asyncio.timeout(5):
            with contextlib.suppress(ConnectionError):
                while await reader.read(1 << 16):
                    pass
        await client.send(b"still here")
        assert await client.recv() == b"still here"


async def test_a_client_whose_bytes_trickle_in_is_kept_in_mid_message() -> None:
    """protocol.md, section 2: any byte received is a sign of life."""
    heard = asyncio.get_running_loop().create_future()

    async def collect(socket: WebSocket) -> None:
        await socket.accept()
        heard.set_result(await socket.receive_bytes())

    async with serving(app_of(collect), socket_class=HastySocket) as port, silent_client(port) as (_, writer):
        frame = b"\x82\x8a\0\0\0\0" + b"0123456789"  # masked, 10 bytes
        for position in range(len(frame)):
            writer.write(frame[position : position + 1])
            await asyncio.sleep(0.15)  # all of it takes four times the silence
        assert await asyncio.wait_for(heard, 2) == b"0123456789"


async def test_what_was_sent_gets_the_time_that_it_takes_on_a_slow_link() -> None:
    async def push(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_bytes(bytes(2 << 20))  # two seconds at the slowest rate
        await asyncio.sleep(1.2)  # more than twice the silence
        await socket.send_bytes(b"the end")

    async with serving(app_of(push), socket_class=HastySocket) as port, silent_client(port) as (reader, _):
        assert await asyncio.wait_for(reader.readuntil(b"the end"), 5)


async def test_a_client_that_takes_nothing_any_more_is_let_go() -> None:
    class Generous(HastySocket):
        slowest_link = 100 << 20

    gone = asyncio.Event()

    async def flood(socket: WebSocket) -> None:
        await socket.accept()
        try:
            while True:
                await socket.send_bytes(bytes(1 << 20))
        finally:
            gone.set()

    async with serving(app_of(flood), socket_class=Generous) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
        writer.write(HANDSHAKE)
        await asyncio.wait_for(gone.wait(), 5)
        writer.transport.abort()


async def test_into_a_link_that_broke_not_the_whole_rest_is_written() -> None:
    """A lost link asks nobody to wait: a snapshot would go into it without a turn for anyone else."""
    near = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sent: list[int] = []
    ended = asyncio.Event()

    async def serve(link: WebSocket) -> None:
        await link.accept()
        near.close()
        try:
            for number in range(1000):
                await link.send_bytes(bytes(8 << 10))
                sent.append(number)
        finally:
            ended.set()

    async with serving(app_of(serve)) as port:
        near.connect(("127.0.0.1", port))
        near.sendall(HANDSHAKE)
        async with asyncio.timeout(5):
            await ended.wait()
    assert len(sent) < 30


async def test_a_client_that_the_app_does_not_listen_to_is_kept() -> None:
    listen = asyncio.Event()

    async def listen_late(socket: WebSocket) -> None:
        await socket.accept()
        await listen.wait()
        await echo_once(socket)

    async def echo_once(socket: WebSocket) -> None:
        await socket.receive_bytes()
        await socket.send_bytes(await socket.receive_bytes())

    async with (
        serving(app_of(listen_late), socket_class=HastySocket) as port,
        connect(f"ws://127.0.0.1:{port}", ping_interval=None) as client,
    ):
        await client.send(bytes(2 << 20))  # reading is paused from here, and the pongs wait unread
        await client.send(b"2")
        await asyncio.sleep(1.2)
        listen.set()
        assert await asyncio.wait_for(client.recv(), 2) == b"2"


async def test_the_first_of_a_turn_leaves_at_once_the_rest_together_and_all_of_it_before_the_end() -> None:
    writes: list[bytes] = []
    seen: list[int] = []

    class Seen(LiveSocket):
        def start_keepalive(self) -> None:
            write = self.transport.write
            self.transport.write = lambda data: (writes.append(bytes(data)), write(data))[1]  # type: ignore
            super().start_keepalive()

    async def say(link: WebSocket) -> None:
        await link.accept()
        for text in ("an update", "its answer", "another"):
            await link.send_text(text)
            seen.append(len(writes))
        await asyncio.sleep(0.01)
        await link.send_text("last words")

    async with (
        serving(app_of(say), socket_class=Seen) as port,
        connect(f"ws://127.0.0.1:{port}") as client,
    ):
        assert [await client.recv() for _ in range(4)] == ["an update", "its answer", "another", "last words"]
    assert seen == [1, 1, 1]
    assert [b"answer" in data and b"another" in data for data in writes[:3]] == [False, True, False]


async def test_sockets_are_not_compressed_and_hold_no_small_message_back() -> None:
    delays: list[int] = []

    class Seen(LiveSocket):
        def start_keepalive(self) -> None:
            accepted = self.transport.get_extra_info("socket")
            delays.append(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            super().start_keepalive()

    async with (
        serving(app_of(echo), socket_class=Seen) as port,
        connect(f"ws://127.0.0.1:{port}", compression="deflate") as client,
    ):
        assert client.response is not None
        assert "Sec-WebSocket-Extensions" not in client.response.headers
    assert delays == [1]


async def test_a_frame_that_is_too_long_closes_the_socket_and_is_no_error_of_the_app(
    capfd: pytest.CaptureFixture[str],
) -> None:
    async def talk(socket: WebSocket) -> None:
        await socket.accept()
        while True:
            await socket.send_bytes(bytes(1000))
            await asyncio.sleep(0)

    async with serving(app_of(talk)) as port, connect(f"ws://127.0.0.1:{port}", max_size=None) as client:
        with pytest.raises(websockets.ConnectionClosed):
            await client.send(bytes(4 << 20))
            while True:
                await client.recv()
    assert "Error" not in capfd.readouterr().err


async def test_stopping_tells_open_sockets_and_waits_for_none() -> None:
    async with serving(app_of(echo)) as port:
        client = await connect(f"ws://127.0.0.1:{port}").__aenter__()
    await asyncio.wait_for(client.wait_closed(), 2)
    assert client.close_code == 1012


async def test_a_socket_that_takes_nothing_does_not_hold_up_the_end() -> None:
    async def flood(socket: WebSocket) -> None:
        await socket.accept()
        while True:
            await socket.send_bytes(bytes(1 << 20))

    async with asyncio.timeout(8), serving(app_of(flood)) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
        writer.write(HANDSHAKE)
        await asyncio.sleep(0.5)
    writer.transport.abort()


async def test_what_the_server_does_not_wait_for_is_no_error_of_the_app(capfd: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C on a busy machine: a socket that takes longer is cut, and nobody gets to see a traceback for it."""
    began = asyncio.Event()

    async def serve(socket: WebSocket) -> None:
        await socket.accept()
        began.set()
        await asyncio.Event().wait()

    async with serving(app_of(serve)) as port, connect(f"ws://127.0.0.1:{port}"):
        await began.wait()
    said = capfd.readouterr().err
    assert "timeout graceful shutdown exceeded" in said  # it was cut
    assert "Traceback" not in said


async def test_the_token_of_a_socket_s_address_is_not_written_to_the_log(capfd: pytest.CaptureFixture[str]) -> None:
    async with serving(app_of(echo)) as port, connect(f"ws://127.0.0.1:{port}/ws?token=secret"):
        pass
    out, err = capfd.readouterr()
    assert "secret" not in out + err


def test_a_port_that_is_taken_raises() -> None:
    with bind("127.0.0.1", 0) as first, pytest.raises(OSError, match="in use"):
        bind("127.0.0.1", first.getsockname()[1])


def test_signals_only_ask_and_a_second_one_insists() -> None:
    asked: list[bool] = []
    before = signal.getsignal(signal.SIGTERM)

    def stop(*, at_once: bool = False) -> None:
        asked.append(at_once)

    with ended_by_signals(stop):
        os.kill(os.getpid(), signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
    assert asked == [False, True]
    assert signal.getsignal(signal.SIGTERM) is before
