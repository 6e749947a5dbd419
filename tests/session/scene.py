"""A session with a scripted kernel, and clients that a test drives step by step; what they got, in short."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from anyhost.protocol.messages import (
    ModelLifecycle,
    ModelOpenMessage,
    ModelUpdateMessage,
    ModuleSource,
    RunNotebook,
)
from anyhost.protocol.policy import Mode
from anyhost.session.editing import Editing
from anyhost.session.replay import Replay
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


def state_of(holder: RecordingClient | Replay, model_id: str) -> dict[str, Any] | None:
    """What a client, or a session, holds of a model."""
    replay = holder.replay if isinstance(holder, RecordingClient) else holder
    for event in replay.snapshot():
        if isinstance(event, ModelLifecycle) and event.model_id == model_id:
            assert isinstance(event.message, ModelOpenMessage)
            return event.message.into_state()
    return None


def kinds(notifications: list[Any]) -> list[str]:
    return [type(getattr(n, "message", n)).__name__ for n in notifications]


def updates_in(notifications: list[Any]) -> list[dict[str, Any]]:
    return [
        n.message.into_state()
        for n in notifications
        if isinstance(n, ModelLifecycle) and isinstance(n.message, ModelUpdateMessage)
    ]
