"""What the runner needs of a host: the whole of what an adapter provides."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from playwright.async_api import Page


class Session(Protocol):
    """One Python process of a host's, with `conformance.inside.Control` in it, and its pages."""

    async def open(self, page: Page) -> None:
        """Bring a page to the session: the first one, or one that joins."""

    async def offline(self) -> None:
        """Cut the connection of every page. Raises NotImplementedError where the host knows no such thing."""

    async def online(self) -> None:
        """Let it come back."""


class Host(Protocol):
    """A host, while it runs."""

    name: str
    script: str
    """JavaScript that sets `conformance.host` to `{ show(modelId, slot), remove(slot) }`, before the page loads."""

    def session(self, *, cuttable: bool) -> AbstractAsyncContextManager[Session]:
        """A fresh Python process, until the context ends; `cuttable`: its pages will go offline."""
