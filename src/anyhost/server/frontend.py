"""The built front end: the page, and the files that it loads.

All files are found once, when the server is made. A request is looked up among them and never joined to
a folder, so that no path can leave it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response

from .compressing import accepts
from .modules import FOR_EVER

HEAD_MARK: Final = "<!--anyhost:head-->"
"""Where the page takes its base address and its configuration (`packages/page/index.html`)."""

PARTS: Final = "parts.json"
"""Beside the page: which files it loads besides in a mode (`packages/page/build/parts.ts`)."""

BUILT: Final = Path(__file__).parent / "static"
ENCODINGS: Final = {"br": ".br", "gzip": ".gz"}  # in order of preference
_MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}


class FrontEnd:
    """The page at `/` and `/assets/*`. `folder` is what `npm run build` made; a build needs a new server."""

    def __init__(self, *, base_url: str, config: Mapping[str, Any], folder: Path = BUILT) -> None:
        self._index = folder / "index.html"
        self._written = _written(self._index)
        self._page = _page(self._index, base_url, config)
        self.asset = Assets(folder / "assets").serve

    async def page(self, _request: Request) -> Response:
        """The page. It is the same for everyone and starts no session: opening its socket does."""
        if self._page is None:
            reason = "The front end of anyhost is not built: run `make build` (or `npm run build`), then start again."
            return PlainTextResponse(reason, 503, {"Cache-Control": "no-store"})
        if _written(self._index) != self._written:  # this page names files that are gone, and would stay blank
            reason = "anyhost was built or installed anew while this server was running: start the server again."
            return PlainTextResponse(reason, 503, {"Cache-Control": "no-store"})
        # It says nothing that is secret. With `no-store` a browser would not keep it for its "back" button, either.
        return HTMLResponse(self._page, headers={"Cache-Control": "no-cache"})


class Assets:
    """The files that a built page loads: `/assets/*`."""

    def __init__(self, folder: Path = BUILT / "assets") -> None:
        self._assets = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}

    async def serve(self, request: Request) -> Response:
        """One file of the build. Its name has the hash of its content, so it can be kept for good."""
        name = request.path_params["name"]
        path = self._assets.get(name)
        if path is None or path.suffix not in _MEDIA_TYPES or not path.is_file():
            return PlainTextResponse("no such file", 404, {"Cache-Control": "no-store"})
        headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding", "Content-Type": _MEDIA_TYPES[path.suffix]}
        for encoding, suffix in ENCODINGS.items():
            sibling = self._assets.get(name + suffix)
            if sibling and accepts(request, encoding) and sibling.is_file():
                return FileResponse(sibling, headers=headers | {"Content-Encoding": encoding})
        return FileResponse(path, headers=headers)


def _written(index: Path) -> int | None:
    """When the page was last written; None where it is not there."""
    try:
        return index.stat().st_mtime_ns
    except FileNotFoundError:
        return None


def _page(index: Path, base_url: str, config: Mapping[str, Any]) -> str | None:
    """The page with its head filled in; None where the front end is not built."""
    if not index.is_file():
        return None
    before, mark, after = index.read_text("utf-8").partition(HEAD_MARK)
    if not mark:
        raise RuntimeError(f"{index}: expected {HEAD_MARK} in the page, found none")
    # In a script element only `<` can end it or begin a comment; in JSON it can be written as an escape.
    escaped = json.dumps(config, ensure_ascii=False).replace("<", "\\u003c")
    base = f'<base href="{base_url}/">'
    head, end, body = after.partition("</head>")
    links = _links(index.with_name(PARTS), config.get("mode"))
    return (
        f'{before}{base}<script type="application/json" id="anyhost-config">{escaped}</script>{head}{links}{end}{body}'
    )


def _links(parts: Path, mode: str | None) -> str:
    """What only this mode's page loads, named in its head: fetched at once, beside what every page loads.

    They come last, since a mode's style sheet stands on the page's.
    """
    part = json.loads(parts.read_text("utf-8")).get(mode, {})
    modules = (f'<link rel="modulepreload" crossorigin href="./{name}">' for name in part.get("modules", ()))
    styles = (f'<link rel="stylesheet" crossorigin href="./{name}">' for name in part.get("styles", ()))
    return "".join((*modules, *styles))
