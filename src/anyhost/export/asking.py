"""A page that is shown to nobody, so that its widgets ask what they ask when they start.

Only their front-end code knows what that is, and only a browser runs it: a Chromium without a window opens the
session as anyone would, over a server that nobody else knows. It is left alone until nothing has been said for a while.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import tempfile
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from anyhost.server.auth import Guard
from anyhost.server.bundles import BundleRoutes
from anyhost.server.frontend import FrontEnd
from anyhost.server.modules import ModuleStore
from anyhost.server.serving import Server, bind
from anyhost.server.settings import Settings
from anyhost.server.sockets import Sockets
from anyhost.session.connection import Connection
from anyhost.session.session import Session

QUIET_SECONDS: Final = 1.0
"""So long at least nothing must have been said between page and Python, nor asked of the server."""

OPEN_SECONDS: Final = 30.0
"""So long a browser is given to open the page."""

_ARGUMENTS: Final = (
    "--headless=new",
    "--remote-debugging-port=0",  # so that it stays
    "--enable-unsafe-swiftshader",  # WebGL also where there is no graphics card
    "--window-size=1280,4000",  # what draws itself only where it can be seen
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--mute-audio",
)


class BrowserFailed(Exception):
    """The browser did not open the page. The text says what it was told, and what it said."""


class Traffic:
    """What is said between the page and Python or the server, as far as it tells whether the page has started.

    It has once it has all front-end code in `wanted` (addresses below the server's), and nothing was said for a second,
    or for as long as the browser took to open it: on a machine that is slow, widgets are, too.
    """

    def __init__(self) -> None:
        self.joined = asyncio.Event()
        """Set when the page is there."""
        self.wanted: set[str] = set()
        self._patience = QUIET_SECONDS
        self._began = self._last = self._now

    @property
    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def begin(self) -> None:
        """The browser is started."""
        self._began = self._now

    def join(self) -> None:
        """The page is there."""
        self._patience = max(QUIET_SECONDS, self._now - self._began)
        self.joined.set()
        self.note()

    def note(self, path: str | None = None) -> None:
        """Something was said; or this was asked for."""
        self.wanted.discard((path or "").removeprefix("/"))
        self._last = self._now

    @property
    def is_over(self) -> bool:
        return not self.wanted and self._now - self._last > self._patience


@asynccontextmanager
async def shown(session: Session, modules: ModuleStore, chromium: str, traffic: Traffic) -> AsyncIterator[None]:
    """The session is open in a page of this Chromium, for as long as the block runs. Raises `BrowserFailed`."""
    token = secrets.token_urlsafe(32)
    app = _app(session, modules, token, traffic)
    with bind("127.0.0.1", 0) as listening:
        server = Server(app)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/?token={token}"
        traffic.begin()
        try:
            async with _browser(chromium, address) as process:
                await _until_joined(process, traffic, chromium)
                yield
        finally:
            server.stop(at_once=True)
            await serving


def _app(session: Session, modules: ModuleStore, token: str, traffic: Traffic) -> ASGIApp:
    front_end = FrontEnd(base_url="", config={"mode": "run", "title": "", "timing": {}})
    bundles = BundleRoutes()
    table = [
        Route("/", front_end.page),
        Route("/assets/{name:path}", front_end.asset),
        Route("/modules/{name}", modules.serve),
        Route("/bundles", bundles.find),
        Route("/bundles/{stamp}/{path:path}", bundles.serve),
        WebSocketRoute("/ws", Sockets(_Only(session, traffic)).serve),
    ]
    guarded = Guard(Starlette(routes=table), Settings(title="", token=token))

    async def noted(scope: Scope, receive: Receive, send: Send) -> None:
        await guarded(scope, receive, send)
        traffic.note(scope.get("path"))

    return noted


class _Only:
    """The one session, for whoever comes."""

    def __init__(self, session: Session, traffic: Traffic) -> None:
        self._session = session
        self._traffic = traffic

    @asynccontextmanager
    async def join(
        self,
        client_id: str | None = None,
        *,
        session_id: str | None = None,  # noqa: ARG002 - there is one
        after: int | None = None,
        previous: str | None = None,  # noqa: ARG002 - nobody presses F5
    ) -> AsyncIterator[Connection]:
        connection = self._session.join(client_id or "export", after, None)
        self._traffic.join()
        try:
            yield connection
        finally:
            self._session.leave(connection)


@asynccontextmanager
async def _browser(chromium: str, address: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process of its own session, which ends whole; what it keeps goes with it."""
    with tempfile.TemporaryDirectory(prefix="anyhost-export-", ignore_cleanup_errors=True) as folder:
        sandbox = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
        command = (chromium, *_ARGUMENTS, *sandbox, f"--user-data-dir={folder}/profile", address)
        try:
            process = await asyncio.create_subprocess_exec(
                *command, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True
            )
        except OSError as error:
            raise BrowserFailed(f"{chromium} could not be started: {error.strerror}") from error
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                _kill(process)
            await process.wait()


def _kill(process: asyncio.subprocess.Process) -> None:
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


async def _until_joined(process: asyncio.subprocess.Process, traffic: Traffic, chromium: str) -> None:
    ended, joined = asyncio.create_task(process.wait()), asyncio.create_task(traffic.joined.wait())
    try:
        await asyncio.wait([ended, joined], timeout=OPEN_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if not traffic.joined.is_set():
            what = f"ended with code {ended.result()}" if ended.done() else f"did not in {OPEN_SECONDS:g} s"
            raise BrowserFailed(f"{chromium} was to open the page, and {what}")
    finally:
        ended.cancel()
        joined.cancel()
