"""A session with a scripted kernel, and clients that a test drives step by step."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from anyhost.protocol.messages import ModuleSource, RunNotebook
from anyhost.protocol.policy import Mode
from anyhost.session.editing import Editing
from anyhost.session.session import Session
from anyhost.session.settings import SessionSettings
from anyhost.testing.client import RecordingClient
from anyhost.testing.kernel import ScriptedKernel, ScriptedStarter


class Modules:
    """A module store that remembers."""

    def __init__(self) -> None:
        self.held: dict[str, list[str]] = {}

    def put(self, session_id: str, source: ModuleSource) -> None:
        self.held.setdefault(session_id, []).append(source.hash)

    def release(self, session_id: str) -> None:
        self.held.pop(session_id, None)


class Scene:
    """What a test has in hand."""

    def __init__(self, session: Session, starter: ScriptedStarter, modules: Modules) -> None:
        self.session = session
        self.starter = starter
        self.modules = modules
        self.kernel: ScriptedKernel

    def join(self, client_id: str = "A") -> RecordingClient:
        """A client that has just joined; it has taken nothing yet."""
        return RecordingClient(self.session.join(client_id))

    def rejoin(self, client: RecordingClient) -> None:
        """The client's connection is lost, and it comes back with the last place that it handled."""
        self.session.leave(client.connection)
        client.connect(self.session.join(client.client_id, client.seq))

    async def joined(self, client_id: str = "A") -> RecordingClient:
        """A client that has everything up to now."""
        await settle()
        client = self.join(client_id)
        client.drain()
        return client


async def settle() -> None:
    """Let the session read everything that its kernel has said, and the other way round."""
    for _ in range(12):
        await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def scene(
    *, mode: Mode = "run", settings: SessionSettings | None = None, notebook: RunNotebook | Editing | None = None
) -> AsyncIterator[Scene]:
    """A running session whose kernel has started. Leaving ends it."""
    starter, modules = ScriptedStarter(), Modules()
    session = Session("S", starter, modules, mode=mode, notebook=notebook, settings=settings)
    here = Scene(session, starter, modules)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(session.run())
        here.kernel = await starter.kernel()
        await settle()
        try:
            yield here
        finally:
            session.close("the test has ended")
