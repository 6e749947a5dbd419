"""Names of hosts and origins, and which of them a server answers to.

A page on the internet can point a name of its own at 127.0.0.1 (DNS rebinding), and can send requests
to this server from its own origin. Both are seen in `Host` and `Origin`. So each is taken apart into
its fields and compared as a whole: a prefix or suffix that looks right proves nothing
(`localhost.evil.com`, `http://localhost:8765.evil.com`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*", re.ASCII)
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[^\[\]:/?#@\s]+)(?::(?P<port>[0-9]{1,5}))?", re.ASCII)
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Host(NamedTuple):
    """A host as `Host` gives it: a name in lower case or an IP address without brackets; `port` None: not given."""

    name: str
    port: int | None = None

    @classmethod
    def parse(cls, text: str) -> Host:
        """Raises `ValueError`, which says what was expected and what came."""
        match = _HOST.fullmatch(text.lower())
        name = _normal_name(match["name"]) if match else None
        if match is None or name is None or int(match["port"] or 0) > 65535:
            raise ValueError(f"expected a host name such as app.example.com, got {text!r}")
        return cls(name, int(match["port"]) if match["port"] else None)

    @property
    def is_loopback(self) -> bool:
        if self.name == "localhost" or self.name.endswith(".localhost"):
            return True
        address = _address(self.name)
        return address is not None and address.is_loopback

    def port_for(self, scheme: str) -> int:
        return _DEFAULT_PORTS[scheme] if self.port is None else self.port

    def __str__(self) -> str:
        name = f"[{self.name}]" if ":" in self.name else self.name
        return name if self.port is None else f"{name}:{self.port}"


class Origin(NamedTuple):
    """An origin as `Origin` gives it; `port` is always there."""

    scheme: str
    name: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Origin:
        """Raises `ValueError`, which says what was expected and what came. `null` is no origin."""
        scheme, separator, rest = text.partition("://")
        scheme = scheme.lower()
        try:
            if not separator or scheme not in _DEFAULT_PORTS:
                raise ValueError
            return cls.of(scheme, Host.parse(rest))
        except ValueError:
            raise ValueError(f"expected an origin such as https://app.example.com, got {text!r}") from None

    @classmethod
    def of(cls, scheme: str, host: Host) -> Origin:
        """The origin of a page that this host serves over `scheme` ("http" or "https")."""
        return cls(scheme, host.name, host.port_for(scheme))


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """What a server answers to beyond loopback names. An allowed host without a port is allowed with any."""

    hosts: frozenset[Host] = frozenset()
    origins: frozenset[Origin] = frozenset()

    @classmethod
    def named(cls, *, bound: str, hosts: Iterable[str] = (), origins: Iterable[str] = ()) -> AllowedHosts:
        """`bound` is the host that the server listens on; the others are what the user named.

        Raises `ValueError` for a name that is not one; there are no wildcards.
        """
        try:
            listening = {Host.parse(f"[{bound}]" if ":" in bound else bound)}
        except ValueError:
            listening = set()
        return cls(
            hosts=frozenset({Host.parse(host) for host in hosts} | {Host(host.name) for host in listening}),
            origins=frozenset(Origin.parse(origin) for origin in origins),
        )

    def serves(self, host: Host, reached_at: str | None) -> bool:
        """Whether a request for this host is answered.

        `reached_at` is the IP address at which the request arrived: a server bound to all addresses
        answers to that one, which no rebinding can name, since its `Host` is a name.
        """
        if host.is_loopback or host in self.hosts or Host(host.name) in self.hosts:
            return True
        if any(origin.name == host.name for origin in self.origins):
            return True
        arrived, asked = _address(reached_at or ""), _address(host.name)
        return arrived is not None and arrived == asked

    def allows(self, origin: Origin, scheme: str, host: Host) -> bool:
        """Whether a page of this origin may speak to the server that it reached as `scheme` and `host`."""
        return origin == Origin.of(scheme, host) or origin in self.origins


def _normal_name(text: str) -> str | None:
    if text.startswith("["):
        address = _address(text[1:-1])
        return str(address) if isinstance(address, IPv6Address) else None
    name = text.removesuffix(".")
    if _address(name) is not None:
        return name
    # A browser reads a name that ends in a number as an address (`127.1`, `0x7f.1`) and sends it in full.
    last = name.rpartition(".")[2]
    if last.isdigit() or last.startswith("0x") or len(name) > 253 or not _NAME.fullmatch(name):
        return None
    return name


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
