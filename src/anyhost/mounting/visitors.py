"""The sessions of all visitors, and who finds which: by a cookie, a claim, a ticket, an account of the app's."""

from __future__ import annotations

import secrets
import time
from collections.abc import Container, Hashable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Self

from anyhost.kernel.local import Publisher
from anyhost.server.modules import ModuleStore
from anyhost.session.pool import SessionPool
from anyhost.session.session import Session as Core
from anyhost.session.settings import PoolSettings, SessionSettings

from .homes import Home
from .keys import VisitorKey
from .session import Session
from .shared import SharedWidgets
from .tickets import Tickets


@dataclass(frozen=True, slots=True)
class Visit:
    """A visitor's session as the app has it (`session`), and as the server does (`core`)."""

    key: VisitorKey
    session: Session
    core: Core


class Visitors:
    """The sessions of all visitors. An async context manager; leaving it ends them all."""

    def __init__(self, home: Home, modules: ModuleStore, *, pool: PoolSettings, sessions: SessionSettings) -> None:
        self.process = secrets.token_hex(4)
        self.began = _now()
        self._home = home
        self.shared = SharedWidgets(home.everyones, modules, at_once=home.at_once, on_lost=self._tell)
        self.pool = SessionPool(
            _NoStarter(), modules, mode="mounted", notebook=None, settings=pool, session_settings=sessions
        )
        self._visits: dict[VisitorKey, Visit] = {}
        self._claims: dict[str, VisitorKey] = {}
        self._accounts: dict[Hashable, VisitorKey] = {}
        self.tickets = Tickets()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._home)
            await stack.enter_async_context(self.shared)
            await stack.enter_async_context(self.pool)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._stack.aclose()

    def __iter__(self) -> Iterator[Visit]:
        return iter(list(self._visits.values()))

    def new_key(self) -> VisitorKey:
        return VisitorKey(self.process, _now(), secrets.token_urlsafe(32))

    def is_elsewhere(self, key: VisitorKey) -> bool:
        """Whether another process, which has been there beside this one, has this visitor's session."""
        return key not in self._visits and key.process != self.process and key.issued > self.began

    def visit(self, key: VisitorKey, user: Any, *, lives: bool = True) -> Visit:
        """The visit of this visitor, as this user; a new one where there is none, or the user has changed, or its
        process has ended by itself; but without `lives` such a one will do.

        Raises `SessionsFull` and `UserCannotBeSent`.
        """
        found = self._visits.get(key)
        if found is not None and found.core.closed_because is None:
            if not _same(found.session.user, user):
                found.core.close("somebody else has signed in")
            elif lives and found.session.kernel.closed:
                found.core.close("its process has ended")
            else:
                return found
        return self._begin(key, user)

    def visit_of_account(self, user: Hashable) -> Visit:
        """The visit of somebody whom the app knows by itself: the same for the same user. Raises as `visit` does."""
        visit = self.visit(self._accounts.get(user) or self.new_key(), user)
        self._accounts[user] = visit.key
        return visit

    def find(self, key: VisitorKey) -> Visit | None:
        """The visit of this visitor, unless its session has ended."""
        visit = self._visits.get(key)
        return visit if visit is not None and visit.core.closed_because is None else None

    def key_of(self, session: Session) -> VisitorKey | None:
        """Whose a session is; None when it has ended."""
        return next((visit.key for visit in self if visit.session is session and not session.ended), None)

    def claim_for(self, key: VisitorKey) -> str:
        """What a page can show once, to get the cookie of a session that began while the page was made."""
        claim = secrets.token_urlsafe(32)
        self._claims[claim] = key
        return claim

    def claimed(self, claim: str) -> VisitorKey | None:
        """The key that a claim stands for, once, and while its session lives."""
        return self._claims.pop(claim, None)

    def _begin(self, key: VisitorKey, user: Any) -> Visit:
        session = self._home.visitors(user, self.shared, self._ended)
        core = self.pool.begin(session.kernel, alongside=session)
        core.use()
        self._visits[key] = visit = Visit(key, session, core)
        return visit

    def _tell(self, why: str, showing: Container[Publisher]) -> None:
        """What the shared widgets lived in has ended."""
        for visit in self:
            if visit.session.kernel in showing:
                visit.core.say(f"{why}. When a page is loaded again, they begin again")

    def _ended(self, session: Session) -> None:
        for key, visit in list(self._visits.items()):
            if visit.session is session:
                del self._visits[key]
                for claim in [claim for claim, claimed in self._claims.items() if claimed == key]:
                    del self._claims[claim]
                for user in [user for user, account in self._accounts.items() if account == key]:
                    del self._accounts[user]
                self.tickets.forget(key)


class _NoStarter:
    """Each session here brings its own kernel."""

    async def start(self) -> Any:
        raise OSError("a visitor's kernel lives as long as their session")

    async def warmer(self) -> None:
        raise NotImplementedError


def _same(one: Any, other: Any) -> bool:
    return one is other or bool(one == other)


def _now() -> int:
    return int(time.time() * 1000)
