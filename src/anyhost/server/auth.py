"""The guard in front of every route and socket: who may speak to a server that runs Python.

Any page that the user has open can send requests to this server, so each request is denied until it
has shown three things, in this order:

1. its `Host` is one that is served here (else a rebound name reaches us as if it were ours);
2. its `Origin`, where there is one, is our own or was named (else another site speaks through the
   user's browser, which adds the cookie of its own accord);
3. the token, or the cookie that was given for it. A browser sends an `Origin` with everything that
   changes something, so a socket or a write without one does not come from a page: there the cookie is
   not enough, and the token itself is needed.

The cookie holds a value derived from the token, not the token: cookies know no ports, so every other
server on the same host gets to see it.
"""

from __future__ import annotations

import hashlib
import hmac
import html
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qsl, urlencode

from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from .door import COMMAND_LINE, Door
from .hosts import Host
from .refusal import Refused
from .settings import Settings

_OPEN_PATHS: Final = frozenset({"/healthz"})
_SAFE_METHODS: Final = frozenset({"GET", "HEAD"})


class Guard:
    """ASGI middleware: nothing behind it is reached without passing. See the top of the file."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._door = Door(settings.allowed, COMMAND_LINE)
        self._token = settings.token.encode() if settings.token is not None else None
        self._cookie = hmac.new(self._token or b"", b"anyhost cookie", hashlib.sha256).hexdigest().encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        try:
            answer = self._admit(scope)
        except Refused as refused:
            answer = _refusal(scope, refused, self._settings.base_url)
        if answer is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await answer(scope, receive, send)
        else:
            await _deny_socket(WebSocket(scope, receive, send), answer)

    def _admit(self, scope: Scope) -> Response | None:
        """None lets the request through. Raises `Refused`."""
        request = HTTPConnection(scope)
        scheme, host = self._reached_as(request)
        has_origin = self._door.check_origin(request, scheme, host) is not None
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if self._token is None or path in _OPEN_PATHS:
            return None
        name = _cookie_name(host.port_for(scheme), self._settings.base_url)
        has_token = any(hmac.compare_digest(given, self._token) for given in _tokens(request))
        if has_token and path == "/" and scope["type"] == "http" and "token" in request.query_params:
            return self._login(request, name, secure=scheme == "https")
        if has_token:
            return None
        if not hmac.compare_digest(request.cookies.get(name, "").encode(), self._cookie):
            raise Refused(401, "this server needs its token: open the address that it printed when it began")
        if not has_origin and scope.get("method") not in _SAFE_METHODS:
            raise Refused(
                403,
                "a request without an Origin needs the token itself, not the cookie: "
                "send 'Authorization: Bearer TOKEN' or '?token=TOKEN'",
            )
        return None

    def _reached_as(self, request: HTTPConnection) -> tuple[str, Host]:
        """The scheme and host under which the client knows this server."""
        scheme = "https" if request.scope.get("scheme") in ("https", "wss") else "http"
        host = self._door.check_host(request, request.headers.getlist("host"))
        if not self._settings.proxy_headers:
            return scheme, host
        # Each proxy adds its value at the end; what comes before is what the client claims.
        if forwarded := _last(request, "x-forwarded-host"):
            host = self._door.check_host(request, [forwarded])
        forwarded_scheme = _last(request, "x-forwarded-proto")
        return {"http": "http", "ws": "http", "https": "https", "wss": "https"}.get(forwarded_scheme, scheme), host

    def _login(self, request: HTTPConnection, cookie_name: str, *, secure: bool) -> Response:
        """Trade the token in the address for a cookie, so that it stays in no history, bookmark or `Referer`."""
        query = urlencode([(key, value) for key, value in request.query_params.multi_items() if key != "token"])
        clean = f"{self._settings.base_url}/" + (f"?{query}" if query else "")
        response = RedirectResponse(clean, 303, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
        response.set_cookie(
            cookie_name,
            self._cookie.decode(),
            path=self._settings.base_url or "/",
            secure=secure,
            httponly=True,
            samesite="lax",
        )
        return response


def _cookie_name(port: int, base_url: str) -> str:
    """A name of its own for each server of a host, as the browser sees it: tunnels included, restarts not."""
    return f"anyhost-{port}{base_url.replace('/', '-')}"


def _tokens(request: HTTPConnection) -> Iterator[bytes]:
    """What this request gives as the token itself."""
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        yield credentials.strip().encode()
    for key, value in parse_qsl(request.scope.get("query_string", b"").decode("latin-1")):
        if key == "token":
            yield value.encode()


def _last(request: HTTPConnection, name: str) -> str:
    return ",".join(request.headers.getlist(name)).rpartition(",")[2].strip()


async def _deny_socket(socket: WebSocket, answer: Response) -> None:
    if "websocket.http.response" in socket.scope.get("extensions", {}):
        await socket.send_denial_response(answer)
    else:
        await socket.close(1008)


def _refusal(scope: Scope, refused: Refused, base_url: str) -> Response:
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    if refused.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if scope["type"] == "http" and "text/html" in HTTPConnection(scope).headers.get("accept", ""):
        form = _FORM.format(action=html.escape(f"{base_url}/")) if refused.status == 401 else ""
        heading = "A token is needed" if refused.status == 401 else "Not allowed"
        reason = html.escape(refused.reason[:1].upper() + refused.reason[1:])
        page = _PAGE.format(heading=heading, reason=reason, form=form)
        return HTMLResponse(page, refused.status, headers | {"Content-Security-Policy": _PAGE_POLICY})
    return refused.response(headers)


_PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'self'"

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>anyhost: {heading}</title>
<style>
  :root {{ color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }}
  main {{ max-width: 34rem; margin: 15vh auto; padding: 0 1rem; overflow-wrap: anywhere }}
  input, button {{ font: inherit; padding: .25rem .5rem }}
</style>
<main>
  <h1>{heading}</h1>
  <p>{reason}.</p>
  {form}
</main>
</html>
"""

_FORM = """<form action="{action}">
    <p><label>Token <input name="token" type="password" autocomplete="off" required autofocus></label>
    <button>Open</button></p>
  </form>"""
