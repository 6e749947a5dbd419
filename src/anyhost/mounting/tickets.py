"""What a page of another origin shows instead of a cookie (`design.md`, section 6).

A *ticket* is made by the app, for one session. It is good for a short time, since it stands in a page, and in the
answer of some server, before it is used. With its first request the page trades it for a *pass*, which it keeps in
memory and shows from then on: good for as long as the session lives, so that a page that has slept for a night connects
again. Neither is a cookie, so a browser that keeps no cookies of third parties shows the widgets as any other; neither
names the visitor's key, so no page can make a cookie of it.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Final

from anyhost.server.refusal import Refused

from .keys import VisitorKey

MOST: Final = 10_000
"""Tickets that may wait for their pages; beyond them the oldest is good no longer (promise 8)."""

SPOKEN: Final = "anyhost.pass."
"""A pass is offered as a subprotocol of the socket: a browser lets a page say nothing else there, and what stands in an
address ends up in logs."""

_REMEDY: Final = "load the page again, so that its server asks for a new one: host.ticket(session)"


class Tickets:
    """Those of one host, while it runs. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tickets: dict[str, tuple[VisitorKey, float]] = {}
        self._passes: dict[VisitorKey, str] = {}
        self._keys: dict[str, VisitorKey] = {}

    def issue(self, key: VisitorKey, seconds: float) -> str:
        """A ticket for this visitor's session, good for so long."""
        now = self._clock()
        if len(self._tickets) >= MOST:
            good = {each: held for each, held in self._tickets.items() if held[1] > now}
            self._tickets = dict(list(good.items())[1 - MOST :])
        ticket = secrets.token_urlsafe(32)
        self._tickets[ticket] = key, now + seconds
        return ticket

    def redeem(self, ticket: str) -> tuple[VisitorKey, str]:
        """Whose a ticket is, and the pass for it. It stays good until its time is over: a page may be loaded twice.

        Raises `Refused`.
        """
        key, end = self._tickets.get(ticket, (None, 0.0))
        if key is None or end <= self._clock():
            raise Refused(403, f"the ticket of this page is unknown here, or its time is over; {_REMEDY}")
        if key not in self._passes:
            self._passes[key] = secrets.token_urlsafe(32)
            self._keys[self._passes[key]] = key
        return key, self._passes[key]

    def key_of(self, held: str) -> VisitorKey:
        """Whose a pass is. Raises `Refused`."""
        try:
            return self._keys[held]
        except KeyError:
            raise Refused(403, f"the session that this page had a ticket for has ended; {_REMEDY}") from None

    def forget(self, key: VisitorKey) -> None:
        """The session has ended, and what was good for it is good no longer."""
        self._keys.pop(self._passes.pop(key, ""), None)
        for ticket in [each for each, (issued_for, _) in self._tickets.items() if issued_for == key]:
            del self._tickets[ticket]
