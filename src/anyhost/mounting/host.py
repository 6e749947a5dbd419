"""`WidgetHost`: live widgets in pages of an app of your own.

An ASGI app that is mounted in another one, whose lifespan it needs. Its routes are few: the script of a page, a
request that finds (and makes) widgets by their names, the socket, and the widgets' front-end code.
"""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterable
from contextlib import asynccontextmanager
from typing import Any, Concatenate, Final, Literal, TypeVar, overload

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from anyhost.server.bundles import BundleRoutes
from anyhost.server.headers import SecurityHeaders
from anyhost.server.modules import ModuleStore
from anyhost.server.refusal import Refused
from anyhost.server.sockets import Sockets
from anyhost.session.pool import SessionsFull
from anyhost.session.settings import PoolSettings, SessionSettings

from .functions import name_of
from .gate import Authorize, CookieSettings, Gate, SameSite, root_of
from .homes import InApp, InProcesses
from .keys import VisitorKey
from .markup import PageMarkup
from .remote import KernelGone, UserCannotBeSent
from .requests import connection_of, refusal_of
from .script import EmbedScript
from .session import P, Session, SessionEnded, T
from .tickets import SPOKEN
from .visitors import Visit, Visitors
from .widgets import Factory, FactoryError, NamedWidgets, UnknownWidget

_log = logging.getLogger("anyhost")

F = TypeVar("F", bound=Factory)

_NOT_LIVE: Final = (
    "this WidgetHost is not running: give its lifespan to the app that it is mounted in, "
    "FastAPI(lifespan=host.lifespan), or write `async with host.lifespan(app):` in a lifespan of your own"
)

_ELSEWHERE: Final = (
    "this visitor's widgets live in another process of this app than the one that was asked. Run the app with one "
    "worker process, or have whatever spreads its requests keep each visitor with one of them (sticky sessions): by "
    "their address, or by a cookie of its own. If that process has just been replaced, loading the page again helps"
)

_LOG_SECONDS: Final = 60.0

LARGEST_QUESTION: Final = 1 << 20  # bytes

PASS_SCHEME: Final = "Anyhost"
"""`Authorization: Anyhost PASS`: what a page without a cookie has got for its ticket."""


class _Question(msgspec.Struct, frozen=True):
    """What a page asks: for the widgets of these names. `claim` is that of its own script; `ticket`, or the `pass` that
    it got for one, is what a page of another origin has instead of a cookie."""

    names: list[str]
    claim: str | None = None
    ticket: str | None = None
    held: str | None = msgspec.field(default=None, name="pass")


class WidgetHost:
    """Widgets by name, for the pages of an ASGI app; mount it in one, and give that one its `lifespan`.

    `allowed_hosts`: names under which browsers reach the app, beside loopback ones. `allow_origins`: origins of
    other pages that may show its widgets. `authorize` is asked for each request and socket, and says who it is:
    something that is equal for the same person each time, such as a name, which becomes `session.user`. None, or
    an `HTTPException`, refuses.

    A session without a page ends `goodbye_seconds` after its last page was closed, or `lost_seconds` after its
    connection was lost (None: never). Of more than `max_sessions` the one longest without a page ends.
    `max_message_bytes` is the limit of what a page sends at once. `session_cookie`, `max_age`, `same_site` and
    `https_only` are those of Starlette's `SessionMiddleware`, for the visitor's cookie. `url` is the path at which
    it is mounted in the app, such as /widgets, where that cannot be found in the app's routes.

    `kernel`: where widgets live. With "app" in the app's own process: a slow handler of a widget holds up the app, as
    a slow `async def` handler does. With "process" each visitor has a process of their own, and what is shared one
    more; handlers then reach widgets by `session.run` and `host.run`, and factories have to be functions that another
    process can import, else `widget`, or entering the lifespan, raises `TypeError`.

    Raises `ValueError` for a host or an origin that is none, or for another `kernel`.
    """

    def __init__(
        self,
        *,
        kernel: Literal["app", "process"] = "app",
        allowed_hosts: Iterable[str] = (),
        allow_origins: Iterable[str] = (),
        authorize: Authorize | None = None,
        max_sessions: int = 100,
        goodbye_seconds: float | None = 120.0,
        lost_seconds: float | None = 12 * 3600.0,
        max_message_bytes: int = 1 << 30,
        session_cookie: str = "anyhost",
        max_age: int | None = None,
        same_site: SameSite = "lax",
        https_only: bool = False,
        url: str | None = None,
    ) -> None:
        cookie = CookieSettings(
            session_cookie=session_cookie, max_age=max_age, same_site=same_site, https_only=https_only
        )
        self._gate = Gate(allowed_hosts=allowed_hosts, allow_origins=allow_origins, authorize=authorize, cookie=cookie)
        self._pool = PoolSettings(sessions=max_sessions, goodbye_seconds=goodbye_seconds, lost_seconds=lost_seconds)
        self._limits = SessionSettings(message_bytes=max_message_bytes)
        self._url = url
        if kernel not in ("app", "process"):
            raise ValueError(f"expected kernel='app' or kernel='process', got {kernel!r}")
        self._home_type = InApp if kernel == "app" else InProcesses
        self._named = NamedWidgets()
        self._script = EmbedScript()
        self._bundles = BundleRoutes(tell_folders=False)
        self._visitors: Visitors | None = None
        self._logged_at = -float("inf")
        self._modules: ModuleStore
        self._app: ASGIApp = SecurityHeaders(Starlette(routes=self._routes(), lifespan=self.lifespan))

    # ---- for the app ----

    @overload
    def widget(self, factory: F, *, name: str | None = None, shared: bool = False) -> F: ...

    @overload
    def widget(self, *, name: str | None = None, shared: bool = False) -> Callable[[F], F]: ...

    def widget(self, factory: Any = None, *, name: str | None = None, shared: bool = False) -> Any:
        """Name a widget by the function that makes it: once for each visitor, whose `Session` it may take; with
        `shared` once for all.

        It is called when the widget is first asked for, by a page or by `session[name]`.
        """

        def add(factory: F) -> F:
            if self._home_type is InProcesses:
                name_of(factory)
            self._named.add(factory, name=name, shared=shared)
            return factory

        return add if factory is None else add(factory)

    @asynccontextmanager
    async def lifespan(self, _app: object = None) -> AsyncIterator[None]:
        """While this lasts there are sessions; leaving it ends them all."""
        if self._visitors is not None:
            raise RuntimeError("this WidgetHost runs already: its lifespan is to be given to one app, once")
        self._modules = ModuleStore()
        home = self._home_type(self._named)
        async with Visitors(home, self._modules, pool=self._pool, sessions=self._limits) as visitors:
            self._visitors = visitors
            try:
                yield
            finally:
                self._visitors = None

    async def session(self, connection: HTTPConnection) -> Session:
        """The visitor's session, for a request or a socket of the app's own: FastAPI's `Depends(host.session)`.

        A request of Django's will do, too. For the rest of the request, what it makes belongs to that session. Refuses,
        by the exceptions of Starlette or Django, whom `authorize` refuses. A visitor who has no cookie yet gets a
        session that the page finds which `host.context` helped to make.
        """
        try:
            visit = await self._visit_of_handler(connection_of(connection))
        except Refused as refused:
            raise refusal_of(connection, refused) from refused
        visit.core.use()
        visit.session.enter()
        return visit.session

    def context(self, request: HTTPConnection) -> dict[str, Any]:
        """What templates need: `Jinja2Templates(..., context_processors=[host.context])`; a context processor of
        Django's, too."""

        def claim() -> str | None:
            key: VisitorKey | None = connection_of(request).scope.get("anyhost", {}).get(self)
            return self._live().claim_for(key) if key is not None else None

        def base() -> str:
            return self._base(connection_of(request))

        markup = PageMarkup(self._named, base=base, version=self._script.version, claim=claim)
        return {"anyhost": markup}

    def __getitem__(self, name: str) -> Any:
        """The shared widget of this name. Raises `KeyError` for any other, `FactoryError`, and with `kernel="process"`
        `WidgetElsewhere`."""
        return self._live().shared[name]

    @overload
    async def run(
        self, function: Callable[Concatenate[Session, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T: ...

    @overload
    async def run(self, function: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T: ...

    async def run(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """`Session.run` of the session that holds the shared widgets: `session["votes"]` is one of them there."""
        return await self._live().shared.run(function, *args, **kwargs)

    def ticket(self, session: Session, *, seconds: float = 300.0) -> str:
        """What a page of another origin, one of `allow_origins`, shows instead of a cookie, `<any-view ticket="...">`:
        good for this session and no other, and to be used within `seconds`. Raises `SessionEnded`.
        """
        visitors = self._live()
        key = visitors.key_of(session)
        if key is None:
            raise SessionEnded("the session has ended: there is nothing that a ticket could be for")
        return visitors.tickets.issue(key, seconds)

    async def session_for(self, user: Hashable) -> Session:
        """The session of somebody whom the app knows by itself, such as a user of another site that shows its widgets:
        the same for the same `user`, which becomes `session.user`. For `ticket`; no cookie leads to it, and
        `authorize` is not asked. Raises Starlette's `HTTPException` when there is no room for it.
        """
        try:
            visit = self._live().visit_of_account(user)
        except SessionsFull as error:
            raise HTTPException(503, str(error)) from error
        except UserCannotBeSent as error:
            raise HTTPException(500, str(error)) from error
        visit.core.use()
        return visit.session

    @property
    def names(self) -> list[str]:
        """The names of its widgets, in the order in which they were given."""
        return list(self._named)

    @property
    def sessions(self) -> list[Session]:
        """The sessions that there are."""
        return [] if self._visitors is None else [visit.session for visit in self._visitors]

    # ---- as an app ----

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app
        if self._visitors is None and scope["type"] == "http" and scope["method"] == "POST":
            _log.error("%s", _NOT_LIVE)
            app = Refused(500, _NOT_LIVE).response()
        await app(scope, receive, send)

    def _routes(self) -> list[BaseRoute]:
        return [
            Route("/embed.js", self._script.serve),
            Route("/assets/{name:path}", self._script.asset),
            Route("/views", self._find_views, methods=["POST", "OPTIONS"]),
            Route("/modules/{name}", self._serve_module),
            Route("/bundles", self._find_bundle, methods=["GET", "OPTIONS"]),
            Route("/bundles/{stamp}/{path:path}", self._serve_bundle),
            WebSocketRoute("/ws", self._serve_socket),
            Route("/", _here),
            Route("/healthz", _here),
        ]

    async def _find_views(self, request: Request) -> Response:
        """`POST /views`: which models these widgets are, in the visitor's session, which begins with it."""
        origin: str | None = None
        try:
            origin = self._gate.check(request, from_page=True)
            response = await self._answer(request) if request.method == "POST" else Response(status_code=204)
        except Refused as refused:
            # So that the page, whichever it is, can show the reason; there is nothing else in it.
            origin = request.headers.get("origin")
            response = refused.response()
        response.headers.update(_for_origin(origin))
        response.headers["Cache-Control"] = "no-store"
        return response

    async def _answer(self, request: Request) -> Response:
        visitors = self._live()
        question = await _question_in(request)
        if question.ticket is not None or question.held is not None:
            return await self._answer_without_cookie(question)
        user = await self._gate.user(request)
        base = _own_base(request)
        known = self._gate.key_in(request, base)
        key = known or visitors.claimed(question.claim or "") or visitors.new_key()
        notice = None
        if visitors.is_elsewhere(key):
            notice = self._elsewhere()
            key = visitors.new_key()
        visit = _begun(visitors, key, user)
        response = JSONResponse({**await _answer_in(visit, question), "notice": notice})
        if key != known:
            response.headers["Set-Cookie"] = self._gate.cookie(request, base, key)
        return response

    async def _answer_without_cookie(self, question: _Question) -> Response:
        """To a page that has a ticket, or has had one. What it says goes before any cookie that came along."""
        tickets, held = self._live().tickets, question.held
        if held is None:
            key, held = tickets.redeem(question.ticket or "")
        else:
            key = tickets.key_of(held)
        visit = self._visit_with_pass(key)
        return JSONResponse({**await _answer_in(visit, question), "notice": None, "pass": held})

    def _visit_with_pass(self, key: VisitorKey, *, lives: bool = True) -> Visit:
        """The visit of a key that a ticket was for: as whom was said when it was made."""
        visitors = self._live()
        found = visitors.find(key)
        if found is None:
            raise Refused(403, "the session that this page had a ticket for has ended; load the page again")
        return _begun(visitors, key, found.session.user, lives=lives)

    async def _serve_socket(self, socket: WebSocket) -> None:
        sockets, base = Sockets(self._live().pool), _own_base(socket)
        try:
            self._gate.check(socket, from_page=True)
            headers: dict[str, str] = {}
            held = _pass_in(socket)
            # One whose process has ended is joined as it is: the page says so, and asks for another one.
            if held is not None:
                visit = self._visit_with_pass(self._live().tickets.key_of(held), lives=False)
            else:
                user = await self._gate.user(socket)
                known = self._gate.key_in(socket, base)
                self._refuse_elsewhere(known)
                key = known or self._live().new_key()
                visit = _begun(self._live(), key, user, lives=False)
                if key != known:
                    headers = {"Set-Cookie": self._gate.cookie(socket, base, key)}
        except Refused as refused:
            await sockets.refuse(socket, refused.reason)
            return
        await sockets.join(socket, visit.core.session_id, headers)

    async def _serve_module(self, request: Request) -> Response:
        try:
            origin = self._gate.check(request, from_page=False)
        except Refused as refused:
            return refused.response()
        self._live()
        response = await self._modules.serve(request)
        response.headers.update(_for_origin(origin))
        return response

    async def _find_bundle(self, request: Request) -> Response:
        """Where the front end of a classic widget's package is. Who knows the answer may have its files."""
        try:
            origin = self._gate.check(request, from_page=False)
            if request.method == "OPTIONS":
                response = Response(status_code=204)
            else:
                await self._check_visitor(request)
                response = await self._bundles.find(request)
        except Refused as refused:
            origin = request.headers.get("origin")
            response = refused.response()
        response.headers.update(_for_origin(origin))
        return response

    async def _check_visitor(self, request: Request) -> None:
        """Raises `Refused` for whoever may use no widgets: by the pass that a ticket was traded for, or else by
        `authorize`."""
        scheme, _, held = request.headers.get("authorization", "").partition(" ")
        if scheme == PASS_SCHEME:
            self._visit_with_pass(self._live().tickets.key_of(held), lives=False)
        else:
            await self._gate.user(request)

    async def _serve_bundle(self, request: Request) -> Response:
        try:
            origin = self._gate.check(request, from_page=False)
        except Refused as refused:
            return refused.response()
        response = await self._bundles.serve(request)
        response.headers.update(_for_origin(origin))
        # Pictures that a style names come without an Origin, also where the page is another's.
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    async def _visit_of_handler(self, connection: HTTPConnection) -> Visit:
        user = await self._gate.user(connection)
        visitors = self._live()
        begun: dict[WidgetHost, VisitorKey] = connection.scope.setdefault("anyhost", {})
        base = self._base(connection)
        key = self._gate.key_in(connection, base) or begun.get(self)
        self._refuse_elsewhere(key)
        if key is None:
            key = begun[self] = visitors.new_key()
        return _begun(visitors, key, user)

    def _refuse_elsewhere(self, key: VisitorKey | None) -> None:
        if key is not None and self._live().is_elsewhere(key):
            raise Refused(503, self._elsewhere())

    def _elsewhere(self) -> str:
        """What to say of a visitor whose session is in another process; the log has it, too, but not each time."""
        if time.monotonic() - self._logged_at > _LOG_SECONDS:
            self._logged_at = time.monotonic()
            _log.warning("%s", _ELSEWHERE)
        return _ELSEWHERE

    def _live(self) -> Visitors:
        if self._visitors is None:
            raise RuntimeError(_NOT_LIVE)
        return self._visitors

    def _base(self, connection: HTTPConnection) -> str:
        """For a request to the app around it: the path of this host as the browser sees it, with a slash at its end."""
        path = self._url
        if path is None:
            # The outermost router, as `request.url_for` has it: the app may itself be mounted in another one.
            outermost = connection.scope.get("router") or connection.scope.get("app")
            path = _path_of(self, getattr(outermost, "routes", []))
        if path is None:
            raise RuntimeError(
                "this WidgetHost is not mounted in the app of this request: write app.mount('/widgets', host), or say "
                "where it is, WidgetHost(url='/widgets')"
            )
        return f"{root_of(connection)}{path.rstrip('/')}/"


def _own_base(connection: HTTPConnection) -> str:
    """For a request to a host: its own path, as `WidgetHost._base` says it."""
    return f"{connection.scope.get('root_path', '').rstrip('/')}/"


def _begun(visitors: Visitors, key: VisitorKey, user: Any, *, lives: bool = True) -> Visit:
    try:
        return visitors.visit(key, user, lives=lives)
    except SessionsFull as error:
        raise Refused(503, str(error)) from error
    except UserCannotBeSent as error:
        raise Refused(500, str(error)) from error


def _pass_in(socket: WebSocket) -> str | None:
    offered: list[str] = socket.scope.get("subprotocols", [])
    return next((each.removeprefix(SPOKEN) for each in offered if each.startswith(SPOKEN)), None)


async def _answer_in(visit: Visit, question: _Question) -> dict[str, Any]:
    visit.core.use()
    widgets = {name: await _found(visit.session, name) for name in question.names}
    return {"session_id": visit.core.session_id, "widgets": widgets}


async def _found(session: Session, name: str) -> dict[str, str | None]:
    """Which model a widget is, for a page; or why it is none."""
    try:
        return {"model_id": await session.model_id(name), "error": None}
    except (UnknownWidget, KernelGone) as error:
        return {"model_id": None, "error": str(error)}
    except FactoryError as error:
        session.kernel.show_error(error)
        return {"model_id": None, "error": str(error)}


async def _question_in(request: Request) -> _Question:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_QUESTION:
            raise Refused(413, f"expected a body of at most {LARGEST_QUESTION} bytes, got a longer one")
    try:
        return msgspec.json.decode(body, type=_Question)
    except msgspec.DecodeError as error:
        raise Refused(400, f"expected the names of widgets: {error}") from error


def _for_origin(origin: str | None) -> dict[str, str]:
    """What lets a page of another origin read an answer, with the visitor's cookie."""
    if origin is None:
        return {"Vary": "Origin"}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Allow-Headers": "Content-Type, Authorization",
        "Vary": "Origin",
    }


def _path_of(host: WidgetHost, routes: Iterable[Any]) -> str | None:
    for route in routes:
        mounted = getattr(route, "_base_app", getattr(route, "app", None))
        if mounted is host:
            return str(route.path)
        inner = _path_of(host, getattr(mounted, "routes", None) or [])
        if inner is not None:
            return f"{route.path}{inner}"
    return None


async def _here(_request: Request) -> Response:
    return PlainTextResponse("widgets live here\n", headers={"Cache-Control": "no-store"})
