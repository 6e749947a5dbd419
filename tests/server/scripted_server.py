"""A server with scripted kernels."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp

from anyhost.protocol.messages import RunNotebook
from anyhost.server.app import create_app
from anyhost.server.modules import ModuleStore
from anyhost.server.settings import Settings
from anyhost.session.pool import SessionPool
from anyhost.session.settings import PoolSettings, SessionSettings
from anyhost.testing.kernel import ScriptedStarter

TOKEN = "right-token"
BEARER = {"authorization": f"Bearer {TOKEN}"}


@dataclass(frozen=True)
class Scripted:
    """One server, and what is behind it."""

    app: ASGIApp
    pool: SessionPool
    modules: ModuleStore
    starter: ScriptedStarter


@asynccontextmanager
async def scripted_server(
    *,
    limits: SessionSettings | None = None,
    sessions: int = 100,
    pool_settings: PoolSettings | None = None,
    **settings: Any,
) -> AsyncIterator[Scripted]:
    starter, modules = ScriptedStarter(), ModuleStore()
    async with SessionPool(
        starter,
        modules,
        mode="run",
        notebook=RunNotebook(path="notebook.py"),
        settings=pool_settings or PoolSettings(sessions=sessions, probe_seconds=0.1),
        session_settings=limits,
    ) as pool:
        made = Settings(**{"title": "notebook.py", "token": TOKEN, **settings})
        yield Scripted(create_app(made, pool=pool, modules=modules), pool, modules, starter)
