"""Front-end code by content hash: stored once, sent once, however many models have it (promise 6)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from typing import Any, Literal

from anyhost.protocol.buffers import Buffers
from anyhost.protocol.messages import ModuleSource, ModuleSpec, StyleSpec

INLINE_STYLE_LIMIT = 64 * 1024
"""A changed stylesheet below this size, in bytes, rides along with the update that names it (J4)."""


_SOURCE_URL = re.compile(r"^[ \t]*//[#@][ \t]*sourceURL=", re.MULTILINE)


class Modules:
    """The front-end code of one session's models. The text itself goes to the session's store at once."""

    def __init__(self, publish: Callable[[ModuleSource], None]) -> None:
        self._publish = publish
        self._published: set[tuple[str, str]] = set()
        self._named: dict[bytes, str] = {}

    def module(self, esm: object, widget: str = "") -> ModuleSpec | None:
        """Name this `_esm`: source text by its hash, an author's own address as it is (A2).

        Stack traces call it by the name of the first `widget` that had this text: a second name would make
        another module of it, and the text is to be imported once.
        """
        if not isinstance(esm, str) or not esm:
            return None
        if _is_address(esm):
            return ModuleSpec(url=esm)
        text = blake2b(esm.encode("utf-8", "replace"), digest_size=16).digest()
        if text not in self._named:
            self._named[text] = self._put(_with_source_url(esm, widget), "js")
        digest = self._named[text]
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


def _with_source_url(esm: str, widget: str) -> str:
    """The text with the name that a stack trace gives it, unless it has one. A source map stays its last line."""
    name = re.sub(r"[^\w.$-]", "", widget)
    if not name or _SOURCE_URL.search(esm):
        return esm
    body, mark, mapping = esm.rpartition("\n//# sourceMappingURL=")
    comment = f"\n//# sourceURL=anyhost:///{name}.js"
    if mark and "\n" not in mapping.strip():
        return f"{body}{comment}{mark}{mapping}"
    return f"{esm}{comment}\n"


def stop_following(comm: Any) -> None:
    """Let go of the Python end of a closed comm where the files of its class hold on to it.

    anywidget connects a file's signal to a function that holds the widget, or the bundle of a plain object, and
    never disconnects it: each widget with code in a file would live as long as its class (P14).
    """
    for contents in comm.files:
        for slot in list(contents.changed._slots):
            follower = slot.dereference()
            if _serves(follower, comm):
                contents.changed.disconnect(follower)


def follow_again(self: Any) -> None:
    """Have a widget that opens again show its files as they are now, and follow them as it did."""
    for key, contents in files_of(self):
        setattr(self, key, str(contents))
        contents.changed.connect(lambda text, key=key: setattr(self, key, text))


def files_of(widget: Any) -> Iterator[tuple[str, Any]]:
    """The code keys of a widget's class that are files, or text that can change as files do."""
    holders = _descriptor_state(widget), *(vars(base) for base in type(widget).__mro__)
    for key in ("_esm", "_css"):
        found = (holder[key] for holder in holders if hasattr(holder.get(key), "changed"))
        yield from ((key, contents) for contents in list(found)[:1])


def _descriptor_state(widget: Any) -> Mapping[str, Any]:
    """What a class's `MimeBundleDescriptor` was given, where `widget` is the bundle that it made for an object."""
    owner = getattr(widget, "_obj", None)
    bases = type(owner()).__mro__ if callable(owner) else ()
    made = (getattr(vars(base).get("_repr_mimebundle_"), "_extra_state", None) for base in bases)
    return next(filter(None, made), {})


def _serves(function: Any, comm: Any) -> bool:
    """Whether a function is anywidget's `lambda text: setattr(self, key, text)`, or ours, of this comm's widget."""
    names = getattr(getattr(function, "__code__", None), "co_freevars", ())
    cells = getattr(function, "__closure__", None) or ()
    holders = [cell.cell_contents for name, cell in zip(names, cells, strict=True) if name == "self"]
    return any(comm in (getattr(holder, "comm", None), getattr(holder, "_comm", None)) for holder in holders)


def _is_address(text: str) -> bool:
    return text.startswith(("http://", "https://"))
