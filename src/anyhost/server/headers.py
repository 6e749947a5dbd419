"""The outermost layer: headers that every answer has, refusals included, and the prefix of the address."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Widgets are other people's code: they start workers from blobs, compile WebAssembly, use `new Function`
# and import from https. So the policy says who may frame the page and nothing about what it may load.
_POLICY: Final = "frame-ancestors 'self'; object-src 'none'; base-uri 'self'"

_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class SecurityHeaders:
    """ASGI middleware: adds what an answer does not already say for itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class BasePath:
    """ASGI middleware: the routes live below `base_url`, whether or not a proxy in front takes it off."""

    def __init__(self, app: ASGIApp, base_url: str) -> None:
        self._app = app
        self._base_url = base_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or not self._base_url:
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        if path == self._base_url:
            path += "/"
        elif not path.startswith(f"{self._base_url}/"):
            path = self._base_url + path
        await self._app({**scope, "path": path, "root_path": self._base_url}, receive, send)
