"""A session as users have it, but for the browser: a real kernel behind the real server and its socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from anyhost.kernel.forkserver import ForkServer
from anyhost.protocol.messages import KernelStatus, RunNotebook
from anyhost.server.app import create_app
from anyhost.server.modules import ModuleStore
from anyhost.server.serving import Server, bind
from anyhost.server.settings import Settings
from anyhost.session.pool import SessionPool
from anyhost.session.session import Session
from anyhost.session.settings import SessionSettings
from anyhost.testing.remote import RemoteClient


class RealSession:
    """What a test has in hand: the server's address, and its pool."""

    def __init__(self, port: int, pool: SessionPool) -> None:
        self.port = port
        self.pool = pool

    def client(self, session_id: str | None = None) -> RemoteClient:
        return RemoteClient(f"ws://127.0.0.1:{self.port}/ws", session_id=session_id)

    @asynccontextmanager
    async def joined(self, session_id: str | None = None) -> AsyncIterator[RemoteClient]:
        """A client whose kernel has run its notebook."""
        client = self.client(session_id)
        async with client.connected():
            await client.until(lambda: status_of(client) == "idle", 30)
            yield client

    def session_of(self, client: RemoteClient) -> Session:
        session = self.pool.get(str(client.session_id))
        assert session is not None
        return session


def status_of(client: RemoteClient) -> str | None:
    """What the kernel does, as this client knows it; None while it has no whole snapshot."""
    status: KernelStatus | None = client.replay.kernel
    return status.status if status is not None and client.seq is not None else None


def model_with(client: RemoteClient, key: str) -> str:
    """The one model that has this key."""
    (found,) = (model_id for model_id in client.replay.model_ids if key in client.replay.keys_of(model_id))
    return found


@asynccontextmanager
async def real_session(notebook: Path, settings: SessionSettings | None = None) -> AsyncIterator[RealSession]:
    """A server on a free port. Each client without a session gets one that runs this notebook."""
    modules, listening, accepting = ModuleStore(), bind("127.0.0.1", 0), asyncio.Event()
    run = RunNotebook(path=str(notebook))
    with listening:
        async with (
            ForkServer() as starter,
            SessionPool(starter, modules, mode="run", notebook=run, session_settings=settings) as pool,
            asyncio.TaskGroup() as tasks,
        ):
            app = create_app(Settings(title="test", token=None), pool=pool, modules=modules)
            server = Server(app, on_accepting=accepting.set)
            tasks.create_task(server.serve(sockets=[listening]))
            await accepting.wait()
            try:
                yield RealSession(listening.getsockname()[1], pool)
            finally:
                server.stop(at_once=True)
