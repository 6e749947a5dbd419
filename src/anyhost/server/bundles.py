"""Front ends of classic widgets' packages, from the environment's own folders: no content network, no copy.

A page asks where the front end of a module is (`GET /bundles?module=bqplot`), and is given an address that holds a
stamp of all files in that folder. So what is below it can be kept for good, and a package that is installed anew gets
another address. The stamp is worked out again for each file: an address holds as long as the files do, also when the
server began anew.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from functools import cached_property
from pathlib import Path
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from anyhost.bundles.finding import MEDIA_TYPES, Bundles, Missing, jupyter_folders
from anyhost.bundles.inlining import described

from .compressing import WORTH_COMPRESSING, Compressible, accepts
from .modules import FOR_EVER

_log = logging.getLogger("anyhost")

KEPT: Final = 32 << 20  # bytes
_COMPRESSED_ALREADY: Final = frozenset({".gif", ".jpeg", ".jpg", ".png", ".webp", ".woff", ".woff2"})
_NO_STORE: Final = {"Cache-Control": "no-store"}


class BundleRoutes:
    """`/bundles` and what is below it.

    `bundles`: those of this Python's environment unless something else is said. `tell_folders`: whether a page may know
    in which folders something was looked for and not found; else the log has them. `kept`: bytes of texts that are
    kept compressed, those asked for last.
    """

    def __init__(self, bundles: Bundles | None = None, *, tell_folders: bool = True, kept: int = KEPT) -> None:
        self._given = bundles
        self._tell_folders = tell_folders
        self._kept = kept
        self._texts: OrderedDict[tuple[str, str], Compressible] = OrderedDict()

    @cached_property
    def _bundles(self) -> Bundles:
        """Asked for when the first classic widget is: a page of anywidgets does not pay for the question."""
        return self._given if self._given is not None else Bundles(jupyter_folders())

    async def find(self, request: Request) -> Response:
        """`GET /bundles?module=NAME`: where its front end is, or what was looked for."""
        module = request.query_params.get("module", "")
        found = await asyncio.to_thread(lambda: self._bundles.find(module))
        answer = described(found)
        if not isinstance(found, Missing):
            answer["root"] = f"bundles/{found.folder.stamp}/"
        elif not self._tell_folders:
            files, folders = ", ".join(found.files), ", ".join(found.folders)
            _log.warning("there is no front end of %r: looked for %s, in %s", module, files, folders)
            answer["folders"] = ()
        return Response(msgspec.json.encode(answer), headers=_NO_STORE, media_type="application/json")

    async def serve(self, request: Request) -> Response:
        """`GET /bundles/STAMP/PATH`: a file of the front end whose folder has that stamp."""
        stamp, name = request.path_params["stamp"], request.path_params["path"]
        path = await asyncio.to_thread(lambda: self._bundles.file(stamp, name))
        if path is None:
            return PlainTextResponse("no such file", 404, _NO_STORE)
        suffix = path.suffix.lower()
        headers = {"Cache-Control": FOR_EVER, "Content-Type": MEDIA_TYPES[suffix]}
        if suffix in _COMPRESSED_ALREADY:
            return FileResponse(path, headers=headers)
        headers["Vary"] = "Accept-Encoding"
        if not accepts(request, "gzip") or path.stat().st_size < WORTH_COMPRESSING:
            return FileResponse(path, headers=headers)
        text = await self._text(stamp, name, path)
        return Response(await text.gzip(), headers=headers | {"Content-Encoding": "gzip"})

    async def _text(self, stamp: str, name: str, path: Path) -> Compressible:
        key = (stamp, name)
        if key not in self._texts:
            read = Compressible(await asyncio.to_thread(path.read_bytes))
            self._texts.setdefault(key, read)
        self._texts.move_to_end(key)
        text = self._texts[key]
        while len(self._texts) > 1 and sum(text.nbytes for text in self._texts.values()) > self._kept:
            self._texts.popitem(last=False)
        return text
