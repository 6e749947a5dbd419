"""One HTML file that shows what a notebook showed, with everything that it needs in it.

What is data stands in `<script type="application/json">` elements, one each, as JSON without a `<`: nothing that a
cell, a widget or its code contains can end such an element, and no browser runs it. What is code is our own page's
(`packages/page/src/static`), whose build has seen to the same. Widgets' modules become code when our page imports
them, as in a live session; outputs are drawn by the same renderers, where text stays text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import msgspec

from anyhost.protocol.codec import encode_json
from anyhost.protocol.messages import (
    CellLifecycle,
    CellOutput,
    ModelLifecycle,
    ModelOpenMessage,
    NotebookInfo,
    Notification,
)

from .bundles import bundles_in
from .classic import has_classic, texts_of
from .running import Ran

BUILT: Final = Path(__file__).parent / "static"

_FORMULA: Final = re.compile(r"\$|\\[(\[]|\\begin\{")
"""Whether a text may hold a formula (`packages/page/src/outputs/mathematics.ts` finds them)."""


class NotBuilt(Exception):
    """The front end is not there. The text says how to make it."""


def page_of(ran: Ran, *, title: str) -> bytes:
    """The file. Raises `NotBuilt`."""
    front = "mathematics" if _has_mathematics(ran.snapshot) else "prose"
    script, style = _built(f"{front}.js"), _built(f"{front}.css")
    return b"".join(_parts(ran, title, script, style))


def _parts(ran: Ran, title: str, script: bytes, style: bytes) -> Iterator[bytes]:
    shown = html.escape(title.encode("utf-8", "replace").decode())
    yield f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="anyhost {version("anyhost")}">
<title>{shown}</title>
<style>
""".encode()
    yield style
    yield b"""</style>
</head>
<body>
<div id="app"></div>
<noscript>This page shows widgets, and needs JavaScript for it.</noscript>
"""
    yield _data({"mode": "static", "title": title}, 'id="anyhost-config"')
    for url, text in ran.modules.items():
        yield _data(text, f'data-anyhost="module" data-name="{html.escape(url)}"')
    if has_classic(ran.snapshot):
        yield _data(_built("classic.js").decode(), 'data-anyhost="module" data-name="classic.js"')
    for bundle in bundles_in(ran.snapshot):
        yield _data(bundle, f'data-anyhost="bundle" data-name="{html.escape(bundle["module"])}"')
    for notification in ran.snapshot:
        yield _data(notification, 'data-anyhost="notification"')
    for asked in ran.answers:
        yield _data([asked.question, *asked.answers], 'data-anyhost="answers"')
    yield b'<script type="module">\n'
    yield script
    yield b"</script>\n</body>\n</html>\n"


def _data(value: Any, attributes: str) -> bytes:
    # In JSON a `<` is within a string, where it can be written as an escape: only it can end a script element, or
    # begin a comment in it.
    encoded = encode_json(value).replace(b"<", b"\\u003c")
    return b'<script type="application/json" %s>%s</script>\n' % (attributes.encode(), encoded)


def _built(name: str) -> bytes:
    try:
        return (BUILT / name).read_bytes()
    except FileNotFoundError:
        reason = "the front end of anyhost is not built: run `make build` (or `npm run build`), then export again"
        raise NotBuilt(reason) from None


def _has_mathematics(snapshot: Iterable[Notification]) -> bool:
    """Whether the page may need KaTeX. Where that is not certain it has it."""
    for notification in snapshot:
        match notification:
            case NotebookInfo(cells=cells):
                if any(cell.kind == "markdown" and _FORMULA.search(cell.source or "") for cell in cells):
                    return True
            case CellLifecycle(message=CellOutput(data=data)):
                if "text/latex" in data or _FORMULA.search(_text(data.get("text/markdown"))):
                    return True
            case ModelLifecycle(message=ModelOpenMessage(state={"outputs": outputs})):
                # An `Output` holds outputs of its own.
                if b"text/latex" in bytes(outputs) or b"text/markdown" in bytes(outputs):
                    return True
            case ModelLifecycle(message=ModelOpenMessage() as opened):
                if any(_FORMULA.search(text) for text in texts_of(opened)):
                    return True
    return False


def _text(value: msgspec.Raw | None) -> str:
    """A representation in a bundle, which nbformat allows to be a list of lines."""
    text = msgspec.json.decode(value) if value is not None else ""
    return "".join(text) if isinstance(text, list) else str(text)
