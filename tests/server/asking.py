"""Requests and handshakes to an ASGI app, in memory, as a server would hand them over."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx
from starlette.types import ASGIApp

LOCAL = "localhost:8765"


async def ask(
    app: ASGIApp,
    target: str = "/",
    *,
    host: str = LOCAL,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    scheme: str = "http",
    content: bytes | None = None,
) -> httpx.Response:
    """The answer to one request."""
    given = [(k.encode(), v.encode("latin-1")) for k, v in {"host": host, **(headers or {})}.items()]
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=f"{scheme}://{LOCAL}") as client:
        return await client.request(method, target, headers=given, content=content)


async def connect(app: ASGIApp, target: str = "/ws", headers: Mapping[str, str] | None = None) -> str:
    """What a socket says first; "STATUS: REASON" where the handshake is refused, "closed" where it ends."""
    path, _, query = target.partition("?")
    given = {"host": LOCAL, **(headers or {})}
    scope = {
        "type": "websocket",
        "scheme": "ws",
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in given.items()],
        "extensions": {"websocket.http.response": {}},
    }
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    await app(scope, receive, send)
    if sent[0]["type"] == "websocket.http.response.start":
        body = b"".join(message["body"] for message in sent[1:])
        return f"{sent[0]['status']}: {json.loads(body)['error']}"
    said = [message["text"] for message in sent if message["type"] == "websocket.send"]
    return said[0] if said else "closed"
