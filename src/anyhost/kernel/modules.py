"""Front-end code by content hash: stored once, sent once, however many models have it (promise 6)."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import Literal

from anyhost.protocol.buffers import Buffers
from anyhost.protocol.messages import ModuleSource, ModuleSpec, StyleSpec

INLINE_STYLE_LIMIT = 64 * 1024
"""A changed stylesheet below this size, in bytes, rides along with the update that names it (J4)."""


class Modules:
    """The front-end code of one session's models. The text itself goes to the session's store at once."""

    def __init__(self, publish: Callable[[ModuleSource], None]) -> None:
        self._publish = publish
        self._published: set[tuple[str, str]] = set()

    def module(self, esm: object) -> ModuleSpec | None:
        """Name this `_esm`: source text by its hash, an author's own address as it is (A2)."""
        if not isinstance(esm, str) or not esm:
            return None
        if _is_address(esm):
            return ModuleSpec(url=esm)
        digest = self._put(esm, "js")
        return ModuleSpec(url=f"modules/{digest}.js", hash=digest)

    def style(self, css: object, *, inline: bool = False) -> StyleSpec | None:
        """Name this `_css`. Where it replaces an earlier one (`inline`), a short text rides along.

        An empty text is a style, too: it takes the earlier one away (J6).
        """
        if not isinstance(css, str):
            return None
        if _is_address(css):
            return StyleSpec(url=css)
        if not css:
            return StyleSpec(url="", text="") if inline else None
        text = css if inline and len(css.encode("utf-8", "replace")) < INLINE_STYLE_LIMIT else None
        digest = self._put(css, "css")
        return StyleSpec(url=f"modules/{digest}.css", hash=digest, text=text)

    def _put(self, text: str, kind: Literal["js", "css"]) -> str:
        source = text.encode("utf-8", "replace")
        digest = blake2b(source, digest_size=16).hexdigest()
        if (digest, kind) not in self._published:
            self._published.add((digest, kind))
            self._publish(ModuleSource(hash=digest, kind=kind, buffers=Buffers([source])))
        return digest


def _is_address(text: str) -> bool:
    return text.startswith(("http://", "https://"))
