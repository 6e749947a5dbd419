"""Memory that large buffers are received into.

Memory that is fresh from the system is cleared page by page as it is touched, which takes several times as long as
what is then received into it. So memory that nobody looks at any more is used again: of a widget that gets one large
array after the other only the first two are received into fresh memory.
"""

from __future__ import annotations

import mmap
import sys
from typing import Final

_LARGE: Final = 1 << 20
"""From how many bytes on memory comes from the system itself. `bytearray` clears its own at once, which for 200 MB
holds up every thread for 100 ms."""
WASTE: Final = 1.25
"""How many times the length of a buffer the memory that it lies in may have."""

KEPT: Final = 64 << 20
"""How many bytes one stream remembers, in use or not."""


def fresh_pages(length: int) -> mmap.mmap:
    """Memory of its own, in bytes, which takes no room before it is touched."""
    if sys.platform == "win32":
        return mmap.mmap(-1, length)
    return mmap.mmap(-1, length, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)


class Memory:
    """What one stream receives its large buffers into. For one thread at a time; what it gives out is for any.

    At most `kept` bytes are remembered, so that what was received once does not stay for ever.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._regions: list[_Region] = []  # the one that was given out last is last

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
        self._forget()
        return region.view(length)

    def _forget(self) -> None:
        """Those that were given out longest ago. They live for as long as somebody looks at them."""
        while sum(region.nbytes for region in self._regions) > self._kept:
            del self._regions[0]


class _Region:
    def __init__(self, length: int) -> None:
        self.nbytes = length
        self._pages = fresh_pages(length)
        self._unseen = self._references()

    def suits(self, length: int) -> bool:
        return length <= self.nbytes <= length * WASTE and self._references() == self._unseen

    def view(self, length: int) -> memoryview:
        return memoryview(self._pages)[:length]

    def _references(self) -> int:
        """A view, a part of one and an array over it all hold the pages themselves, and nothing else has them."""
        return sys.getrefcount(self._pages)
