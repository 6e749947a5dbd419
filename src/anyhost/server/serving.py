"""An ASGI app behind a listening socket, until a signal ends it: uvicorn, with three things of our own.

* The socket is bound before anything else starts, so that a port that is taken is one clear line.
* Signals only ask the server to stop. uvicorn raises them again when it has stopped, which would cut
  short the closing of kernels that follows.
* A link is judged by what it carries (`LiveSocket`).
"""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Final, Literal

import uvicorn
from starlette.types import ASGIApp

from anyhost.protocol.codec import CHUNK, LONG_TEXT

from .livesocket import LiveSocket

if TYPE_CHECKING:
    pass

_ENDINGS: Final = (signal.SIGINT, signal.SIGTERM)


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
