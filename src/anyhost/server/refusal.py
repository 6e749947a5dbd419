"""A request that is not served."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from anyhost.protocol.codec import encode_json
from anyhost.protocol.messages import Refusal


class Refused(Exception):
    """A request that is not served, with its HTTP status, and why, in words that name the remedy."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason

    def response(self, headers: Mapping[str, str] | None = None) -> Response:
        """The answer for a program: a `refusal`, as on a socket."""
        given = {"Cache-Control": "no-store", **(headers or {})}
        return Response(encode_json(Refusal(error=self.reason)), self.status, given, "application/json")
