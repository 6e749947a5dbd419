"""Commands that do not wait for the event loop, which a cell may be holding up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from anyhost.protocol.messages import KernelCommand


class Bypass:
    """Handlers by the type of command. They are called on the thread that reads the pipe, and return at once.

    Where a kernel's channel has no such thread, its commands all take the way through the loop.
    """

    def __init__(self) -> None:
        self._handlers: dict[type[Any], Callable[[Any], None]] = {}

    def route(self, kind: type[Any], handler: Callable[[Any], None]) -> None:
        self._handlers[kind] = handler

    def take(self, command: KernelCommand) -> bool:
        """Handle a command. False: nobody does so here."""
        handler = self._handlers.get(type(command))
        if handler is None:
            return False
        handler(command)
        return True
