"""Memory that large buffers are received into.

Memory that is fresh from the system is cleared page by page as it is touched, which takes several times as long as
what is then received into it. So memory that nobody looks at any more is used again: of a widget that gets one large
array after the other only the first two are received into fresh memory.
"""

from __future__ import annotations

import mmap
import sys
import time
from collections.abc import Callable
from typing import Final

_LARGE: Final = 1 << 20
"""From how many bytes on memory comes from the system itself. `bytearray` clears its own at once, which for 200 MB
holds up every thread for 100 ms."""
WASTE: Final = 1.25
"""How many times the length of a buffer the memory that it lies in may have."""

KEPT: Final = 64 << 20
"""How many bytes one stream remembers, in use or not."""

IDLE: Final = 10.0
"""For how many seconds without another large buffer."""


def fresh_pages(length: int) -> mmap.mmap:
    """Memory of its own, in bytes, which takes no room before it is touched."""
    if sys.platform == "win32":
        return mmap.mmap(-1, length)
    return mmap.mmap(-1, length, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)


class Memory:
    """What one stream receives its large buffers into. For one thread at a time; what it gives out is for any.

    At most `KEPT` bytes are remembered, and all is forgotten once `IDLE` seconds have passed, at the next call of
    `tidy`: a single upload is not to stay in memory for as long as its page is open.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._regions: list[_Region] = []  # the one that was given out last is last
        self._used = 0.0  # when

    def room(self, length: int) -> memoryview:
        """Writable memory, whose content is whatever it was. It is the caller's until no view of it is left."""
        if length < _LARGE:
            return memoryview(bytearray(length))
        region = next((region for region in self._regions if region.suits(length)), None)
        if region is None:
            region = _Region(length)
        else:
            self._regions.remove(region)
        self._regions.append(region)
        self._used = self._clock()
        while sum(region.nbytes for region in self._regions) > KEPT:
            del self._regions[0]  # it lives for as long as somebody looks at it
        return region.view(length)

    def tidy(self) -> None:
        """Let go of what is not used any more. To be called with each message of the stream, however small."""
        if self._regions and self._clock() - self._used > IDLE:
            self._regions.clear()


class _Region:
    """Pages, and whether anybody looks at them: each view, part of one, or array over it holds the pages themselves."""

    def __init__(self, length: int) -> None:
        self.nbytes = length
        self._pages = fresh_pages(length)
        self._unseen = object()  # held by this region alone, as the pages are when nobody looks at them

    def suits(self, length: int) -> bool:
        return length <= self.nbytes <= length * WASTE and not self._is_seen()

    def view(self, length: int) -> memoryview:
        return memoryview(self._pages)[:length]

    def _is_seen(self) -> bool:
        return sys.getrefcount(self._pages) > sys.getrefcount(self._unseen)
