"""Front ends of classic packages as text, for a page that has no server to ask: an export.

A bundle finds its fonts, pictures and further scripts by its own address. In a file there is none, so what webpack
writes for a file (`n.p+"087e….woff2"`) becomes the file itself, as a `data:` address, and scripts that would be
fetched later run before: webpack's runtime takes what it finds in its list.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Final

from .finding import MEDIA_TYPES, Bundle, BundleFolder, Bundles, Missing

_ASSET: Final = re.compile(r"""\b[\w$]+\.p\s*\+\s*(?P<quote>["'])(?P<name>[^"'?#\\]+)(?:[?#][^"']*)?(?P=quote)""")
_CHUNK_LIST: Final = re.compile(r"""webpackChunk[^"'\]\s=|)]*""")
_HEAD: Final = 2_000  # characters of a script within which its list of chunks is named
_REQUIRED: Final = re.compile(r"""\bdefine\(\s*(?:["'][^"']*["']\s*,\s*)?\[(?P<names>[^\]]*)\]""")
_QUOTED: Final = re.compile(r"""["']([^"']+)["']""")
_OF_THE_LOADER: Final = frozenset({"require", "exports", "module"})
_LEGACY_FONTS: Final = frozenset({".eot", ".otf", ".ttf", ".woff"})


def inlined(modules: Iterable[str], bundles: Bundles) -> Iterator[dict[str, Any]]:
    """What a page needs to load these modules and all that they require, each once. Reads the disk."""
    waiting, seen = list(modules), set[str]()
    while waiting:
        module = waiting.pop(0)
        if module in seen or module.startswith("@jupyter-widgets/"):
            continue
        seen.add(module)
        found = bundles.find(module)
        if isinstance(found, Missing):
            # A module that is only shared with a federated bundle may come with that one.
            yield described(found)
            continue
        scripts = _scripts(found)
        waiting.extend(found.needs or _required(scripts[-1]))
        yield described(found) | {"scripts": scripts}


def described(found: Bundle | Missing) -> dict[str, Any]:
    """What a page is told of a front end (`packages/classic/src/bundles/found.ts`)."""
    if isinstance(found, Missing):
        return {"kind": "missing", "module": found.module, "files": found.files, "folders": found.folders}
    entry = f"{found.place}/{found.entry}"
    described = {"kind": found.kind, "module": found.module, "entry": entry}
    return described if found.kind == "amd" else described | {"needs": found.needs, "style": found.style}


def _scripts(bundle: Bundle) -> list[str]:
    """The texts to run, in this order; the last one is the entry."""
    entry = _text(bundle.folder.files[bundle.entry])
    chunks = [
        text
        for name, path in bundle.folder.files.items()
        if name.endswith(".js") and name != bundle.entry and (text := _text(path)) and _is_chunk_of(entry, text)
    ]
    beside = PurePosixPath(bundle.entry).parent
    return [_with_assets(text, bundle.folder, beside) for text in [*chunks, entry]]


def _is_chunk_of(entry: str, script: str) -> bool:
    chunks = _CHUNK_LIST.search(script[:_HEAD])
    # The name of a list may begin like another's, so its end has to be there, too.
    return chunks is not None and re.search(re.escape(chunks[0]) + r"""["'\]\s=|)]""", entry) is not None


def _with_assets(script: str, folder: BundleFolder, beside: PurePosixPath) -> str:
    has_modern_fonts = any(name.endswith(".woff2") for name in folder.files)

    def inline(match: re.Match[str]) -> str:
        path = folder.files.get((beside / match["name"]).as_posix())
        if path is None:
            return match[0]
        suffix = path.suffix.lower()
        if suffix in _LEGACY_FONTS and has_modern_fonts:
            # The same font once more, for browsers that could not run the page.
            return '"data:,"'
        content = base64.b64encode(path.read_bytes()).decode()
        return f'"data:{MEDIA_TYPES[suffix].replace(" ", "")};base64,{content}"'

    return _ASSET.sub(inline, script)


def _required(script: str) -> list[str]:
    match = _REQUIRED.search(script)
    names = _QUOTED.findall(match["names"]) if match else []
    return [name for name in names if name not in _OF_THE_LOADER and not name.startswith(".")]


def _text(path: Path) -> str:
    return path.read_text("utf-8", "replace")
