"""The reference's Python process: ipywidgets and anywidget over a comm that speaks to pages by a websocket.

What ipykernel adds around comms is kept to what widgets can see: messages are packed by `jupyter_client`,
a message that a client's message causes carries that one's id as its parent, every client hears everything,
and each message is followed by an `idle`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anywidget
import comm
import ipywidgets
import uvicorn
from comm.base_comm import BaseComm, CommManager
from jupyter_client.session import json_packer
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from conformance.inside import Control

FOLDER = Path(__file__).parent
ANYWIDGET = Path(anywidget.__file__).parent / "nbextension" / "index.js"
PAGE = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>reference</title><body></body>
<script type="module" src="page.js"></script>"""


class Kernel:
    """The comms of one process, and the pages that hear of them."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.manager = CommManager()
        self.parent: str | None = None
        self._loop = loop
        self._outboxes: set[asyncio.Queue[list[bytes | str]]] = set()

    def install(self) -> None:
        """Give every widget of this process a comm that speaks to the pages."""
        kernel = self

        class PageComm(BaseComm):  # type: ignore[misc]
            kernel = "reference"

            def publish_msg(
                self, msg_type: str, data: Any = None, metadata: Any = None, buffers: Any = None, **keys: Any
            ) -> None:
                content = {"data": data or {}, "comm_id": self.comm_id, **keys}
                kernel.publish(msg_type, content, metadata, buffers)

        comm.create_comm = PageComm
        comm.get_comm_manager = lambda: self.manager
        ipywidgets.register_comm_target(None)
        self.manager.register_target("jupyter.widget.control", ipywidgets.Widget.handle_control_comm_opened)

    def publish(self, msg_type: str, content: Any, metadata: Any = None, buffers: Any = None) -> None:
        """Send to every page, in order, from any thread."""
        views = [memoryview(buffer) for buffer in buffers or []]
        for view in views:
            if not view.contiguous:
                raise ValueError(f"Buffer {view!r} is not contiguous")  # as jupyter_client's Session does
        header = {"msg_type": msg_type, "parent": self.parent, "buffers": len(views)}
        body = {**header, "content": content, "metadata": metadata or {}}
        frames: list[bytes | str] = [json_packer(body).decode(), *(view.tobytes("A") for view in views)]
        self._loop.call_soon_threadsafe(self._deliver, frames)

    def _deliver(self, frames: list[bytes | str]) -> None:
        for outbox in self._outboxes:
            outbox.put_nowait(frames)

    async def serve(self, socket: WebSocket) -> None:
        """One page, for as long as it stays."""
        await socket.accept()
        outbox: asyncio.Queue[list[bytes | str]] = asyncio.Queue()
        self._outboxes.add(outbox)
        writer = asyncio.create_task(self._write(socket, outbox))
        try:
            while True:
                message = json.loads(await socket.receive_text())
                buffers = [memoryview(await socket.receive_bytes()) for _ in range(message.pop("buffers"))]
                self._handle(message, buffers)
        except WebSocketDisconnect:
            pass
        finally:
            self._outboxes.discard(outbox)
            writer.cancel()

    async def _write(self, socket: WebSocket, outbox: asyncio.Queue[list[bytes | str]]) -> None:
        while True:
            for frame in await outbox.get():
                await (socket.send_text(frame) if isinstance(frame, str) else socket.send_bytes(frame))

    def _handle(self, message: dict[str, Any], buffers: list[memoryview]) -> None:
        self.parent = message["msg_id"]
        try:
            handle = getattr(self.manager, message["msg_type"])
            handle(None, None, {**message, "buffers": buffers})
            self.publish("status", {"execution_state": "idle"})
        finally:
            self.parent = None


async def main() -> None:
    """Serve until killed; the first line that is printed holds the address."""
    kernel = Kernel(asyncio.get_running_loop())
    kernel.install()
    control = Control()

    async def index(_request: Request) -> HTMLResponse:
        return HTMLResponse(PAGE)

    async def page(_request: Request) -> FileResponse:
        return FileResponse(FOLDER / "dist" / "page.js")

    async def front_end(_request: Request) -> FileResponse:
        return FileResponse(ANYWIDGET)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        control.close()

    routes = [
        Route("/", index),
        Route("/page.js", page),
        Route("/anywidget.js", front_end),
        WebSocketRoute("/kernel", kernel.serve),
    ]
    config = uvicorn.Config(Starlette(routes=routes, lifespan=lifespan), port=0, log_level="warning")
    server = uvicorn.Server(config)
    with config.bind_socket() as listening:
        listening.listen()
        print(f"reference: http://127.0.0.1:{listening.getsockname()[1]}/", flush=True)
        await server.serve(sockets=[listening])


if __name__ == "__main__":
    asyncio.run(main())
