"""Which `Host` a request may name, and which `Origin` it may come from; refusals say what to pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from starlette.requests import HTTPConnection

from .hosts import AllowedHosts, Host, Origin
from .refusal import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedies:
    """How a host or an origin is allowed, in words; `{}` stands for it."""

    host: str
    origin: str
    https: str
    """What to do besides, where a proxy speaks https for us and we do not know it."""


COMMAND_LINE: Final = Remedies(
    host="allow it with --allow-host {}",
    origin="allow it with --allow-origin {}",
    https="pass --proxy-headers where a proxy speaks https for this server",
)


@dataclass(frozen=True, slots=True)
class Door:
    """Checks that raise `Refused`."""

    allowed: AllowedHosts
    remedies: Remedies

    def check_host(self, request: HTTPConnection, given: list[str]) -> Host:
        """The host that a request names, in the one header that it has to have."""
        try:
            (text,) = given
            host = Host.parse(text)
        except ValueError:
            raise Refused(400, f"expected one Host header with a host name, got {given!r}") from None
        server = request.scope.get("server")
        if not self.allowed.serves(host, server[0] if server else None):
            name = str(Host(host.name))
            raise Refused(403, f"Host '{name}' is not served here; {self.remedies.host.format(name)}")
        return host

    def check_origin(self, request: HTTPConnection, scheme: str, host: Host) -> Origin | None:
        """The origin that a request came from (None: it names none), of a server reached as `scheme` and `host`."""
        given = request.headers.getlist("origin")
        if not given:
            return None
        if "null" in given:
            raise Refused(403, "Origin 'null' is never allowed: a file or a sandboxed frame is not this server's page")
        try:
            (text,) = given
            origin = Origin.parse(text)
        except ValueError:
            raise Refused(400, f"expected one Origin header with an origin, got {given!r}") from None
        if not self.allowed.allows(origin, scheme, host):
            remedy = self.remedies.origin.format(text)
            if origin == Origin.of("https", host):
                remedy += f", or {self.remedies.https}"
            raise Refused(403, f"Origin '{text}' is not allowed here; {remedy}")
        return origin
