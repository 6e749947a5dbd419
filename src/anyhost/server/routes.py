"""Every address below the base URL, and the small ones' answers."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from anyhost.protocol.codec import Decoder, encode_json
from anyhost.protocol.errors import ProtocolError
from anyhost.protocol.messages import ModelCommand, SetModelValue
from anyhost.protocol.openapi import openapi_document
from anyhost.session.commands import TooManyCommands
from anyhost.session.pool import SessionPool
from anyhost.session.session import Session

from .bundles import BundleRoutes
from .frontend import FrontEnd
from .modules import ModuleStore
from .refusal import Refused
from .sockets import Sockets

SESSION_HEADERS: Final = ("anyhost-session-id", "marimo-session-id")
"""The header that names the session, and the name that clients of marimo's protocol give it."""

_VALUES: Final[Decoder[SetModelValue]] = Decoder(SetModelValue)


def routes(*, pool: SessionPool, modules: ModuleStore, front_end: FrontEnd, message_limit: int) -> list[BaseRoute]:
    """The whole table. `Guard` stands in front of all of it; only `/healthz` asks for no token."""
    bundles = BundleRoutes()
    return [
        Route("/", front_end.page),
        Route("/assets/{name:path}", front_end.asset),
        Route("/modules/{name}", modules.serve),
        Route("/bundles", bundles.find),
        Route("/bundles/{stamp}/{path:path}", bundles.serve),
        WebSocketRoute("/ws", Sockets(pool).serve),
        Route("/api/kernel/set_model_value", ModelValues(pool, message_limit).set, methods=["POST"]),
        Route("/api/openapi.json", _openapi),
        Route("/healthz", _healthz),
    ]


class ModelValues:
    """`POST /api/kernel/set_model_value`: a model command without a socket (`protocol.md`, section 1)."""

    def __init__(self, pool: SessionPool, limit: int) -> None:
        self._pool = pool
        self._limit = limit

    async def set(self, request: Request) -> Response:
        """Answers with the `model-ack`; 404 where the session or the model is unknown or closed."""
        try:
            session = self._session(request)
            ack = await session.request(await self._command(request))
        except Refused as refused:
            return refused.response()
        except TooManyCommands as error:
            return Refused(429, str(error)).response()
        status = 404 if ack.status == "rejected" else 200
        return Response(encode_json(ack), status, {"Cache-Control": "no-store"}, "application/json")

    def _session(self, request: Request) -> Session:
        session_id = next((request.headers[name] for name in SESSION_HEADERS if name in request.headers), None)
        if session_id is None:
            raise Refused(400, "expected the header Anyhost-Session-Id with the id of a session, got none")
        session = self._pool.get(session_id)
        if session is None:
            raise Refused(404, f"there is no session {session_id!r}: it has ended, or never was")
        return session

    async def _command(self, request: Request) -> ModelCommand:
        try:
            return _VALUES.decode_json(await _body(request, self._limit)).into_command()
        except ProtocolError as error:
            raise Refused(400, str(error)) from error


async def _body(request: Request, limit: int) -> bytes:
    """The whole body; beyond `limit` bytes nothing more is read."""
    announced = request.headers.get("content-length", "0")
    body = bytearray()
    if not announced.isdigit() or int(announced) <= limit:
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                break
        else:
            return bytes(body)
    raise Refused(413, f"expected a body of at most {limit} bytes, got a longer one")


async def _openapi(_request: Request) -> Response:
    return JSONResponse(openapi_document())


async def _healthz(_request: Request) -> Response:
    return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})
