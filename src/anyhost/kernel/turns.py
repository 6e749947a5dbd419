"""Whether an event loop waits, or computes: for a thread that acts where the loop cannot."""

from __future__ import annotations

import selectors
import time
from collections.abc import Callable


class Turns(selectors.DefaultSelector):
    """The selector of an event loop, which other threads may ask how long the loop has been away from it.

        turns = Turns()
        loop = asyncio.SelectorEventLoop(turns)

    All of it may be called from any thread; what it tells is true at the moment.
    """

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        """How often the loop has come back from waiting."""
        self._away_since: float | None = time.monotonic()
        self._alarm: Callable[[], None] | None = None
        self._last_call: Callable[[], None] | None = None

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if self._last_call is not None:
            self._last_call()
        self._away_since = None
        try:
            return super().select(timeout)
        finally:
            self.count += 1
            self._away_since = time.monotonic()
            if self._alarm is not None:
                alarm, self._alarm = self._alarm, None
                alarm()

    def away(self) -> float:
        """For how many seconds the loop has computed. 0: it waits, and handles what comes at once."""
        since = self._away_since
        return 0.0 if since is None else time.monotonic() - since

    def before_waiting(self, last_call: Callable[[], None]) -> None:
        """Call this on the loop's thread, each time before the loop waits. It must be quick."""
        self._last_call = last_call

    def when_next(self, alarm: Callable[[], None]) -> None:
        """Call this once, on the loop's thread, when the loop next comes back from waiting. It must be quick."""
        self._alarm = alarm
