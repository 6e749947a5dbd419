"""Who may use a `WidgetHost`, and as whom: hosts and origins, the app's own `authorize`, the visitor's cookie."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response

from anyhost.server.door import Door, Remedies
from anyhost.server.hosts import AllowedHosts, Host, Origin
from anyhost.server.refusal import Refused

from .keys import VisitorKey

Authorize: TypeAlias = Callable[[HTTPConnection], Any | Awaitable[Any]]
"""Says who a request, or a socket, is for; None, or an `HTTPException`, refuses it."""

SameSite: TypeAlias = Literal["lax", "strict", "none"]

_REMEDIES: Final = Remedies(
    host="allow it with WidgetHost(allowed_hosts=['{}'])",
    origin="allow it with WidgetHost(allow_origins=['{}'])",
    https=(
        "have the proxy in front pass X-Forwarded-Proto, and the server believe it "
        "(uvicorn --proxy-headers --forwarded-allow-ips=...)"
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CookieSettings:
    """The visitor's cookie, in the words of Starlette's `SessionMiddleware`. `max_age` in seconds; None: until the
    browser closes."""

    session_cookie: str
    max_age: int | None
    same_site: SameSite
    https_only: bool


class Gate:
    """Raises `Refused` for whoever may not pass. Raises `ValueError` for hosts and origins that are none."""

    def __init__(
        self,
        *,
        allowed_hosts: Iterable[str],
        allow_origins: Iterable[str],
        authorize: Authorize | None,
        cookie: CookieSettings,
    ) -> None:
        self._door = Door(
            AllowedHosts(
                hosts=frozenset(Host.parse(host) for host in allowed_hosts),
                origins=frozenset(Origin.parse(origin) for origin in allow_origins),
            ),
            _REMEDIES,
        )
        self._authorize = authorize
        self._cookie = cookie

    def check(self, connection: HTTPConnection, *, from_page: bool) -> str | None:
        """Check `Host` and `Origin`; return the origin where it is another one than the app's own.

        `from_page`: it has to have an `Origin`, which every browser gives to a socket and to a `POST`.
        """
        scheme = _scheme_of(connection)
        host = self._door.check_host(connection, connection.headers.getlist("host"))
        origin = self._door.check_origin(connection, scheme, host)
        if origin is None and from_page:
            raise Refused(403, "expected a request of a page, which has an Origin; this one has none")
        return None if origin in (None, Origin.of(scheme, host)) else connection.headers["origin"]

    async def user(self, connection: HTTPConnection) -> Any:
        """Who it is, as the app says; None where it was given no `authorize`."""
        if self._authorize is None:
            return None
        try:
            user = self._authorize(connection)
            if inspect.isawaitable(user):
                user = await user
        except HTTPException as refusal:
            raise Refused(refusal.status_code, refusal.detail) from refusal
        if user is None:
            raise Refused(403, "this app does not let you use its widgets: its authorize() says so")
        return user

    def key_in(self, connection: HTTPConnection, base: str) -> VisitorKey | None:
        return VisitorKey.parse(connection.cookies.get(self.cookie_name(connection, base), ""))

    def cookie_name(self, connection: HTTPConnection, base: str) -> str:
        """A name of its own for each host, whose path is `base`: an app may have several, and a machine several apps,
        whose ports cookies do not know."""
        try:
            host = Host.parse(connection.headers.get("host", ""))
        except ValueError:
            host = Host("")
        path = re.sub(r"[^A-Za-z0-9]+", "-", base.rstrip("/"))
        return f"{self._cookie.session_cookie}-{host.port_for(_scheme_of(connection))}{path}"

    def cookie(self, connection: HTTPConnection, base: str, key: VisitorKey) -> str:
        """The value of `Set-Cookie`. Its path is the app's, so that the app's own handlers get it, too."""
        response = Response()
        response.set_cookie(
            self.cookie_name(connection, base),
            str(key),
            max_age=self._cookie.max_age,
            path=root_of(connection) or "/",
            secure=self._cookie.https_only or _scheme_of(connection) == "https",
            httponly=True,
            samesite=self._cookie.same_site,
        )
        return response.headers["set-cookie"]


def root_of(connection: HTTPConnection) -> str:
    """Where the whole app is, as the browser sees it: "" or a path such as /apps/one."""
    scope = connection.scope
    return str(scope.get("app_root_path", scope.get("root_path", ""))).rstrip("/")


def _scheme_of(connection: HTTPConnection) -> str:
    return "https" if connection.scope.get("scheme") in ("https", "wss") else "http"
