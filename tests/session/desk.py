"""A session with a notebook that is being edited, a scripted kernel, and clients that a test drives."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from scene import Scene, scene, settle

from anyhost.session.editing import Editing
from anyhost.session.settings import SavingSettings, SessionSettings
from anyhost.testing.client import RecordingClient

FILE = '# %% id="a"\nx = 1\n\n# %% id="b"\nx + 1\n\n# %% [markdown] id="m"\n# text\n'
NEVER = SavingSettings(pause_seconds=1000, longest_seconds=1000, kernel_seconds=1000)
"""Nothing happens by itself."""


class Desk:
    """A session with a notebook that is being edited, and what its kernel was told."""

    def __init__(self, here: Scene, editing: Editing) -> None:
        self.here = here
        self.editing = editing
        self.path = editing.path

    async def joined(self, client_id: str = "A") -> RecordingClient:
        return await self.here.joined(client_id)

    async def told(self) -> list[Any]:
        """What the kernel was told and has not been asked for here before."""
        await settle()
        commands = []
        with contextlib.suppress(TimeoutError):
            while True:
                async with asyncio.timeout(0):
                    commands.append(await self.here.kernel.command())
        return commands


@contextlib.asynccontextmanager
async def desk(
    folder: Path,
    content: str = FILE,
    *,
    saving: SavingSettings = NEVER,
    settings: SessionSettings | None = None,
    name: str = "n.py",
) -> AsyncIterator[Desk]:
    path = folder / name
    path.write_text(content)
    editing = Editing.open(path, settings=saving)
    async with scene(mode="edit", notebook=editing, settings=settings) as here:
        yield Desk(here, editing)


async def do(client: RecordingClient, command_type: type[Any], /, **fields: Any) -> list[Any]:
    """Send a command on the notebook; what comes for it."""
    client.command(client.editing(command_type, **fields))
    await settle()
    return client.drain()
