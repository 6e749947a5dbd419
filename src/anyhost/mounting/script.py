"""The built script of a page with views, `embed.js`: one file, for pages that are not ours."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from anyhost.server.compressing import accepts
from anyhost.server.frontend import BUILT, ENCODINGS, Assets
from anyhost.server.modules import FOR_EVER

from .markup import SCRIPT

_SCRIPT: Final = BUILT / "embed" / SCRIPT


_FOR_ANYONE: Final = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


class EmbedScript:
    """Anyone may read it, from anywhere: it is the same for all apps, and says itself who may not use them."""

    def __init__(self, path: Path = _SCRIPT) -> None:
        self._path = path
        self._assets = Assets(path.parents[1] / "assets")
        self.version = hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else "not-built"

    async def serve(self, request: Request) -> Response:
        headers = dict(_FOR_ANYONE)
        if not self._path.is_file():
            reason = "the front end of anyhost is not built: run `make build` (or `npm run build`), then start again"
            return PlainTextResponse(reason, 503, {"Cache-Control": "no-store", **headers})
        known = request.query_params.get("v") == self.version
        headers |= {
            "Cache-Control": FOR_EVER if known else "no-cache",
            "Content-Type": "text/javascript; charset=utf-8",
            "Vary": "Accept-Encoding",
        }
        for encoding, suffix in ENCODINGS.items():
            sibling = self._path.with_name(self._path.name + suffix)
            if accepts(request, encoding) and sibling.is_file():
                return FileResponse(sibling, headers=headers | {"Content-Encoding": encoding})
        return FileResponse(self._path, headers=headers)

    async def asset(self, request: Request) -> Response:
        """A file that the script loads when a page needs it: front-end code for classic ipywidgets, fonts."""
        response = await self._assets.serve(request)
        response.headers.update(_FOR_ANYONE)
        return response
