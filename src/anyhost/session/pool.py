"""The sessions of a server: which page gets which, how many there are, and how long they live."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import logging
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, nullcontext
from typing import Self

from anyhost.kernel.handle import KernelStarter
from anyhost.protocol.messages import RunNotebook, RunWidget
from anyhost.protocol.policy import Mode

from .connection import Connection
from .editing import Editing
from .session import ModuleStore, Session
from .settings import PoolSettings, SessionSettings
from .spare import SpareKernel

_log = logging.getLogger(__name__)


class SessionsFull(Exception):
    """There are as many sessions as the limit allows, all of them with clients. The text is for the user."""


class SessionPool:
    """The sessions of one server. An async context manager; leaving it ends every session and kernel."""

    def __init__(
        self,
        starter: KernelStarter,
        modules: ModuleStore,
        *,
        mode: Mode,
        notebook: RunNotebook | RunWidget | Editing | None,
        settings: PoolSettings | None = None,
        session_settings: SessionSettings | None = None,
    ) -> None:
        self._starter = starter
        self._modules = modules
        self._mode = mode
        self._notebook = notebook
        self._settings = settings or PoolSettings()
        self._session_settings = session_settings or SessionSettings()
        self._sessions: dict[str, Session] = {}
        self._changed = asyncio.Event()
        self._stack = AsyncExitStack()
        self._tasks: asyncio.TaskGroup
        self._context: contextvars.Context

    async def __aenter__(self) -> Self:
        # What a session does must not look like part of the request that happened to begin it.
        self._context = contextvars.copy_context()
        async with AsyncExitStack() as stack:
            if self._settings.spare:
                self._starter = await stack.enter_async_context(SpareKernel(self._starter))
            self._tasks = await stack.enter_async_context(asyncio.TaskGroup())
            ending = self._tasks.create_task(self._end_abandoned())
            stack.callback(ending.cancel)
            stack.callback(self._close_all)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._stack.aclose()

    def __iter__(self) -> Iterator[Session]:
        """The sessions that have not ended."""
        return (session for session in list(self._sessions.values()) if session.closed_because is None)

    def get(self, session_id: str) -> Session | None:
        """The session of this id, unless it has ended."""
        session = self._sessions.get(session_id)
        return session if session is not None and session.closed_because is None else None

    @contextlib.asynccontextmanager
    async def join(
        self,
        client_id: str | None = None,
        *,
        session_id: str | None = None,
        after: int | None = None,
        previous: str | None = None,
    ) -> AsyncIterator[Connection]:
        """A connection to a session, for as long as the block runs.

        Without `session_id`, or where that session has ended, a new session begins; the first frame says
        which one it is. `previous` is the client of the page that was here before a refresh: if that
        still answers, the tab was duplicated, and in `run` this one gets a session of its own. In `edit`
        there is one session, and every page joins it. Entering raises `SessionsFull`.
        """
        session = self.get(session_id) if session_id else None
        handled = None
        if session is not None and previous is not None and previous != client_id:
            session, handled = await self._after_refresh(session, previous)
        if session is None:
            session, after = self._shared() or self.begin(), None
        connection = session.join(client_id or secrets.token_hex(16), after, handled)
        try:
            yield connection
        finally:
            session.leave(connection)
            self._changed.set()

    async def _after_refresh(self, session: Session, previous: str) -> tuple[Session | None, int | None]:
        """The session for a page that comes after another one (None: one of its own), and the other's last command."""
        connection = session.connection_of(previous)
        if connection is not None and await connection.answers_probe(self._settings.probe_seconds):
            return (None if self._mode == "run" else session), None
        handled = session.forget(previous)
        return (session if session.closed_because is None else None), handled

    def _shared(self) -> Session | None:
        """The session that everyone has who edits the file."""
        return next(iter(self), None) if self._mode == "edit" else None

    def begin(
        self, starter: KernelStarter | None = None, alongside: AbstractAsyncContextManager[object] | None = None
    ) -> Session:
        """A new session, which nobody has joined yet. Raises `SessionsFull`.

        `starter` starts its kernels, instead of the pool's; `alongside` is entered before it runs and left
        when it has ended, whatever became of it.
        """
        if sum(1 for _ in self) >= self._settings.sessions:
            self._make_room()
        session = Session(
            secrets.token_hex(16),
            starter or self._starter,
            self._modules,
            mode=self._mode,
            notebook=self._notebook,
            settings=self._session_settings,
            clock=asyncio.get_running_loop().time,
        )
        self._sessions[session.session_id] = session
        self._tasks.create_task(self._live(session, alongside or nullcontext()), context=self._context.copy())
        self._changed.set()
        return session

    def _make_room(self) -> None:
        """End the session that is longest without clients."""
        abandoned = [session for session in self if not session.connected]
        if not abandoned:
            setting = "max_sessions" if self._mode == "mounted" else "--max-sessions"
            raise SessionsFull(
                f"{self._settings.sessions} people use this app at the moment, which is as many as it was"
                f" started for ({setting}). Please try again later."
            )
        min(abandoned, key=lambda session: session.left_at).close("the server needed room for another session")

    async def _live(self, session: Session, alongside: AbstractAsyncContextManager[object]) -> None:
        try:
            async with alongside:
                await session.run()
        except Exception:  # noqa: BLE001 - a fault of ours, or of a kernel, in one session must not end the others
            _log.exception("session %s ended by an error", session.session_id)
        finally:
            del self._sessions[session.session_id]

    def _close_all(self) -> None:
        for session in self:
            session.close("the server has ended")

    # ---- sessions without clients ----

    async def _end_abandoned(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            self._changed.clear()
            ends = {session: self._end_of(session) for session in self}
            for session, end in ends.items():
                if end is not None and end <= clock():
                    session.close("nobody used this session any more")
            nearest = min((end for end in ends.values() if end is not None and end > clock()), default=None)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(nearest):
                    await self._changed.wait()

    def _end_of(self, session: Session) -> float | None:
        """When a session ends if no client comes; None: never. A notebook that is being edited waits for its editor."""
        if session.connected or self._mode == "edit":
            return None
        limits = self._settings
        return session.kept_until(goodbye_seconds=limits.goodbye_seconds, lost_seconds=limits.lost_seconds)
