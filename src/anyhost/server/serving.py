"""An ASGI app behind a listening socket, until a signal ends it: uvicorn, with three things of our own.

* The socket is bound before anything else starts, so that a port that is taken is one clear line.
* Signals only ask the server to stop. uvicorn raises them again when it has stopped, which would cut
  short the closing of kernels that follows.
* A link is judged by what it carries (`LiveSocket`).
"""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, ClassVar, Final, Literal

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from anyhost.protocol.codec import CHUNK, LONG_TEXT

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent

_ENDINGS: Final = (signal.SIGINT, signal.SIGTERM)


class LiveSocket(WebSocketsSansIOProtocol):
    """A websocket that is given up when its client is gone, and not while a slow link is busy.

    uvicorn's own keepalive wants each ping answered in time. On a slow link the ping waits behind a
    megabyte of ours, or its answer behind a megabyte of theirs, and a link that works is cut. Here any
    byte received is a sign of life (`protocol.md`, section 2), and what we sent gets its time to arrive.
    """

    ping_every: ClassVar = 8.0
    """Seconds between two pings."""
    silence: ClassVar = 20.0
    """Seconds without a byte from the client after which the link is given up; seen at a ping, so within 28."""
    slowest_link: ClassVar = 32 * 1024
    """Bytes a second. What was sent since the client was last heard extends `silence` by its time at this rate."""

    _heard = 0.0  # when the last byte came, in the loop's time
    _sent = 0  # bytes sent since then
    _pulse: asyncio.TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        self._heard, self._sent = self.loop.time(), 0
        super().data_received(data)

    async def send(self, message: ASGISendEvent) -> None:
        # A frame that breaks the websocket protocol closes the socket below us: no fault of the app's. And
        # into one that is lost a whole snapshot could be written, since it never asks anybody to wait.
        gone = self.close_sent or self.transport.is_closing()
        if gone and message["type"] in ("websocket.send", "websocket.close"):
            raise ClientDisconnected
        await super().send(message)
        if message["type"] == "websocket.send":
            self._sent += len(message.get("bytes") or message.get("text") or "")

    def start_keepalive(self) -> None:
        self._heard = self.loop.time()
        self._pulse = self.loop.call_later(self.ping_every, self._beat)

    def stop_keepalive(self) -> None:
        if self._pulse is not None:
            self._pulse.cancel()
            self._pulse = None

    def _beat(self) -> None:
        self._pulse = None
        if self.close_sent or self.transport.is_closing():
            return
        if self.read_paused:  # it is we who do not listen
            self._heard = self.loop.time()
        if self.loop.time() - self._heard > self.silence + self._sent / self.slowest_link:
            # Not `close`, which waits for the buffer to drain into a link that takes nothing.
            self.transport.abort()
            return
        self.conn.send_ping(b"")
        self.transport.write(b"".join(self.conn.data_to_send()))
        self._pulse = self.loop.call_later(self.ping_every, self._beat)


def bind(host: str, port: int) -> socket.socket:
    """A socket bound to this address; port 0 takes a free one. Raises `OSError`."""
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    # asyncio turns Nagle's algorithm off only where the protocol is given: it would hold small messages back.
    listening = socket.socket(family, kind, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    return listening


class Server(uvicorn.Server):
    """Serves one app on a bound socket. `on_accepting` is called when connections are accepted. `lifespan`, in
    uvicorn's words: whether the app's own is run."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        on_accepting: Callable[[], object] = lambda: None,
        socket_class: type[LiveSocket] = LiveSocket,
        lifespan: Literal["auto", "off"] = "off",
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                ws=socket_class,
                ws_max_size=LONG_TEXT + CHUNK,
                ws_per_message_deflate=False,
                lifespan=lifespan,
                log_level="warning",
                access_log=False,  # it would write the token down
                proxy_headers=False,  # the guard reads them, where they were asked for
                server_header=False,
                timeout_graceful_shutdown=2,
            )
        )
        self._on_accepting = on_accepting

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            self._on_accepting()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def stop(self, *, at_once: bool = False) -> None:
        """End `serve`. May be called from a signal handler. `at_once`: without waiting for connections."""
        self.should_exit = True
        self.force_exit = self.force_exit or at_once


@contextmanager
def ended_by_signals(stop: Callable[..., object]) -> Iterator[None]:
    """SIGINT and SIGTERM call `stop()`; a second one calls `stop(at_once=True)`."""
    seen = False

    def handle(_number: int, _frame: FrameType | None) -> None:
        nonlocal seen
        stop(at_once=seen)
        seen = True

    before = {number: signal.signal(number, handle) for number in _ENDINGS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
