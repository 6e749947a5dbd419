"""Bytes, and their gzip form once that was asked for."""

from __future__ import annotations

import asyncio
import gzip

from starlette.requests import Request

WORTH_COMPRESSING = 1024  # bytes
_WORTH_A_THREAD = 64 * 1024  # bytes


class Compressible:
    def __init__(self, source: bytes) -> None:
        self.source = source
        self._gzip = b""
        self._compressing = asyncio.Lock()

    @property
    def nbytes(self) -> int:
        return len(self.source) + len(self._gzip)

    async def gzip(self) -> bytes:
        """Made once, also when many ask at the same time."""
        async with self._compressing:
            if not self._gzip and len(self.source) < _WORTH_A_THREAD:
                self._gzip = gzip.compress(self.source, mtime=0)
            elif not self._gzip:
                self._gzip = await asyncio.to_thread(gzip.compress, self.source, mtime=0)
            return self._gzip


def accepts(request: Request, encoding: str) -> bool:
    """Whether the client takes this content encoding."""
    for item in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, parameter = item.partition(";")
        if name.strip() == encoding:
            return parameter.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
