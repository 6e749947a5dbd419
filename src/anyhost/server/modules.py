"""Front-end code of widgets, by content hash: stored once for all sessions, served for ever.

A hash names its text, so what is served can be kept by the browser for good and needs no check. A module
stays while a session holds it. After that it stays as long as there is room: the page that still shows
it may be loading, and the next session will most likely want it again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from anyhost.protocol.messages import ModuleSource

from .compressing import WORTH_COMPRESSING, Compressible, accepts

_NAME: Final = re.compile(r"(?P<hash>[0-9a-f]{32,128})\.(?P<kind>js|css)", re.ASCII)
_MEDIA_TYPES: Final[Mapping[str, str]] = {
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
}
FOR_EVER: Final = "private, max-age=31536000, immutable"
"""`Cache-Control` of what is named by its content."""


class _Module(Compressible):
    """One text, and the sessions that hold it."""

    def __init__(self, source: bytes) -> None:
        super().__init__(source)
        self.holders: set[str] = set()


class ModuleStore:
    """What `module-source` messages brought, for `/modules/HASH.js` and `/modules/HASH.css`.

    `spare`: bytes of modules that no session holds any more and that are kept all the same; beyond it
    those released longest ago go. What sessions hold is bounded by the sessions.
    """

    def __init__(self, spare: int = 64 << 20) -> None:
        self._spare = spare
        self._modules: dict[str, _Module] = {}  # by file name; the released ones in order of release

    def put(self, session_id: str, source: ModuleSource) -> None:
        """Store a text for a session. The same hash again, from any session, costs nothing."""
        name = f"{source.hash}.{source.kind}"
        if name not in self._modules:
            self._modules[name] = _Module(b"".join(source.buffers))
        self._modules[name].holders.add(session_id)

    def release(self, session_id: str) -> None:
        """The session has ended."""
        for name, module in list(self._modules.items()):
            if session_id in module.holders:
                module.holders.remove(session_id)
                self._modules[name] = self._modules.pop(name)
        spare = [(name, module.nbytes) for name, module in self._modules.items() if not module.holders]
        excess = sum(nbytes for _, nbytes in spare) - self._spare
        for name, nbytes in spare:
            if excess <= 0:
                break
            del self._modules[name]
            excess -= nbytes

    def __len__(self) -> int:
        return len(self._modules)

    async def serve(self, request: Request) -> Response:
        """The endpoint of `/modules/{name}`: only the exact name of a module that is here finds anything."""
        name = request.path_params["name"]
        match = _NAME.fullmatch(name)
        module = self._modules.get(name)
        if match is None or module is None:
            return PlainTextResponse("no such module", 404, {"Cache-Control": "no-store"})
        compress = len(module.source) >= WORTH_COMPRESSING and accepts(request, "gzip")
        # Each encoding is an entity of its own, so it has a tag of its own.
        tag = f'"{match["hash"]}-gzip"' if compress else f'"{match["hash"]}"'
        headers = {"Cache-Control": FOR_EVER, "ETag": tag, "Vary": "Accept-Encoding"}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        headers["Content-Type"] = _MEDIA_TYPES[match["kind"]]
        if not compress:
            return Response(module.source, headers=headers)
        return Response(await module.gzip(), headers=headers | {"Content-Encoding": "gzip"})
