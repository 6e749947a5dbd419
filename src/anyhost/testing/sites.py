"""What is tested, behind a real server in the test's own event loop: a widget, a `WidgetHost`, a whole app."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from anyhost.kernel.references import model_id_of
from anyhost.mounting.host import WidgetHost
from anyhost.server.serving import Server, bind

Target: TypeAlias = Any
"""A widget (of any kind that anyhost shows), a `WidgetHost`, or an ASGI app."""

WIDGET: Final = "widget"
"""The name of a widget that was given as it is."""

_MOUNTED: Final = "/widgets"

_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>anyhost.testing</title>
<link rel="icon" href="data:,">
{script}
</head>
<body>
{views}
</body>
</html>
"""


@asynccontextmanager
async def running(target: Target) -> AsyncIterator[str]:
    """The address of `target`, served on 127.0.0.1 in this event loop for as long as the block runs.

    A widget, or a `WidgetHost`, has a page around it at that address, with a view of each of its widgets, and is
    mounted at `/widgets` below it. An app is served as it is, its lifespan included. Raises `TypeError` for
    anything else, and what the app's lifespan raises.
    """
    app = _Started(app_of(target))
    accepting = asyncio.Event()
    with bind("127.0.0.1", 0) as listening:
        server = Server(app, on_accepting=accepting.set, lifespan="auto")
        # Not a task group: what a test raises is to come out as it is.
        serving = asyncio.create_task(_serve(server, listening), name="anyhost.testing: a server")
        started = asyncio.create_task(accepting.wait())
        try:
            await asyncio.wait([serving, started], return_when=asyncio.FIRST_COMPLETED)
            if not accepting.is_set():
                raise app.failure or RuntimeError("the app did not start; its log says why")
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        finally:
            started.cancel()
            server.stop()
            await serving


async def _serve(server: Server, listening: socket.socket) -> None:
    with contextlib.suppress(SystemExit):  # uvicorn's way of saying that an app did not start
        await server.serve(sockets=[listening])


def app_of(target: Target) -> ASGIApp:
    """The app that shows `target`. Raises `TypeError` where it is nothing that can be shown."""
    if isinstance(target, WidgetHost):
        return _page_around(target)
    if not isinstance(target, type) and model_id_of(target) is not None:
        return _page_around(_host_of(target))
    if callable(target) and not isinstance(target, type):
        app: ASGIApp = target
        return app
    hint = f"; write {target.__name__}(...)" if isinstance(target, type) else ""
    got = f"the class {target.__name__}" if isinstance(target, type) else type(target).__name__
    raise TypeError(f"expected a widget, a WidgetHost or an ASGI app, got {got}{hint}")


def _host_of(widget: Any) -> WidgetHost:
    """A host whose visitors all see this one widget: the test holds it."""
    host = WidgetHost()
    host.widget(name=WIDGET, shared=True)(lambda: widget)
    return host


def _page_around(host: WidgetHost) -> ASGIApp:
    async def page(request: Request) -> HTMLResponse:
        markup = host.context(request)["anyhost"]
        views = "\n".join(markup.view(name) for name in host.names)
        return HTMLResponse(_PAGE.format(script=markup.script, views=views))

    return Starlette(routes=[Route("/", page), Mount(_MOUNTED, host)], lifespan=host.lifespan)


@dataclass(slots=True)
class _Started:
    """An app, and what its lifespan has raised, which servers only log."""

    app: ASGIApp
    failure: BaseException | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, receive, send)
        except BaseException as error:
            if scope["type"] == "lifespan":
                self.failure = error
            raise
