"""A websocket of uvicorn's that knows when its client is gone, and that reads and writes by the amount."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar, Final

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState

if TYPE_CHECKING:
    from uvicorn._types import ASGIReceiveEvent, ASGISendEvent, WebSocketSendEvent

_TOGETHER: Final = 64 << 10
"""What is sent in one turn of the loop, after the first, is written at once, up to so many bytes."""
_READ_AHEAD: Final = 1 << 20
"""What is read before the app asks for it, in bytes; then the client has to wait."""


class LiveSocket(WebSocketsSansIOProtocol):
    """A websocket that is given up when its client is gone, and not while a slow link is busy.

    uvicorn's own keepalive wants each ping answered in time. On a slow link the ping waits behind a
    megabyte of ours, or its answer behind a megabyte of theirs, and a link that works is cut. Here any
    byte received is a sign of life (`protocol.md`, section 2), and what we sent gets its time to arrive.

    uvicorn stops reading at each message until the app has taken it, and writes each by itself: system
    calls that cost a small message more than what else is done with it. Here both go by the amount: the first
    message of a turn leaves at once, since somebody waits for it, and those behind it together when the turn ends.
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
    _ahead = 0  # bytes read since the app had taken all that there was
    _gathering = False  # something was written in this turn: what follows is gathered
    _unwritten = b""

    # ---- reading

    def data_received(self, data: bytes) -> None:
        self._heard, self._sent = self.loop.time(), 0
        self._ahead += len(data)
        super().data_received(data)

    def send_receive_event_to_app(self) -> None:
        paused, self.read_paused = self.read_paused, True  # whether to pause is decided here
        super().send_receive_event_to_app()
        self.read_paused = paused
        if not paused and self._ahead > _READ_AHEAD:
            self.read_paused = True
            self.transport.pause_reading()

    async def receive(self) -> ASGIReceiveEvent:
        message = await super().receive()
        if self.queue.empty():
            self._ahead = 0
        return message

    # ---- writing

    async def run_asgi(self) -> None:
        app = self.app

        async def flushed(*arguments: Any) -> None:
            try:
                await app(*arguments)
            except asyncio.CancelledError:
                # The server stops, and does not wait any longer. uvicorn would call that an error of the app's.
                raise ClientDisconnected from None
            finally:
                self._flush()

        self.app = flushed
        await super().run_asgi()

    async def send(self, message: ASGISendEvent) -> None:
        # A frame that breaks the websocket protocol closes the socket below us: no fault of the app's. And
        # into one that is lost a whole snapshot could be written, since it never asks anybody to wait.
        gone = self.close_sent or self.transport.is_closing()
        if gone and message["type"] in ("websocket.send", "websocket.close"):
            raise ClientDisconnected
        if message["type"] == "websocket.send" and self.handshake_complete:
            await self._send_data(message)
        else:
            self._flush()
            await super().send(message)

    async def _send_data(self, message: WebSocketSendEvent) -> None:
        await self.writable.wait()
        if self.disconnected:
            raise ClientDisconnected
        data = message.get("bytes")
        try:
            if data is None:
                data = (message.get("text") or "").encode()
                self.conn.send_text(data)
            else:
                self.conn.send_binary(data)
        except InvalidState:
            raise ClientDisconnected from None
        self._sent += len(data)
        self._unwritten += b"".join(self.conn.data_to_send())
        # Beyond its limit the transport has us wait for a client that does not read: it must not hear of that late.
        if not self._gathering or len(self._unwritten) > min(_TOGETHER, self.transport.get_write_buffer_limits()[1]):
            self._flush()
        if not self._gathering:
            self._gathering = True
            self.loop.call_soon(self._end_turn)

    def _end_turn(self) -> None:
        self._gathering = False
        self._flush()

    def _flush(self) -> None:
        unwritten, self._unwritten = self._unwritten, b""
        if unwritten and not self.transport.is_closing():
            self.transport.write(unwritten)

    def shutdown(self) -> None:
        self._flush()
        super().shutdown()

    # ---- signs of life

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
