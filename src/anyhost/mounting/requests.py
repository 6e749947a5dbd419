"""Requests of the app around a `WidgetHost`, of whichever framework they are, and how a handler of it refuses one."""

from __future__ import annotations

import sys
from collections.abc import MutableMapping
from typing import Any

from starlette.exceptions import HTTPException, WebSocketException
from starlette.requests import HTTPConnection

from anyhost.server.refusal import Refused


def connection_of(request: Any) -> HTTPConnection:
    """A request of Starlette's, or of another framework that keeps the ASGI scope in it, as Django does."""
    if isinstance(request, HTTPConnection):
        return request
    scope = getattr(request, "scope", None)
    if not isinstance(scope, MutableMapping):
        raise RuntimeError(  # a `TypeError` is swallowed by Django's templates
            f"expected a request that came over ASGI, got {type(request).__name__}, which has no scope: start the app "
            "with an ASGI server, as in `uvicorn mysite.asgi:application`"
        )
    return HTTPConnection(scope)


def refusal_of(request: Any, refused: Refused) -> Exception:
    """What a handler raises, so that its framework answers as it does elsewhere: Django with its own 403 page."""
    if isinstance(request, HTTPConnection):
        if request.scope["type"] == "websocket":
            return WebSocketException(1008, refused.reason)
    elif refused.status in (401, 403) and (django := sys.modules.get("django.core.exceptions")) is not None:
        # For a request of Django's, or of what wraps one; it has no exception for any other status.
        denied: Exception = django.PermissionDenied(refused.reason)
        return denied
    return HTTPException(refused.status, refused.reason)
