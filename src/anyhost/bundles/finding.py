"""Where the front end of a classic widget's package is: in the folders that its installation fills for Jupyter.

A wheel of such a package brings its front end along twice: for the classic notebook, `nbextensions/NAME/`, a script in
AMD form whose name is that of the models' `_model_module`, and for JupyterLab, `labextensions/NAME/`, a container of
webpack's module federation. The first needs `@jupyter-widgets/base` from its host and nothing else, so it is taken
where there is one; docs/design.md has the reasons.

What is looked up is compared with what is in the folders, never joined to a path.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

NBEXTENSIONS: Final = "nbextensions"
LABEXTENSIONS: Final = "labextensions"

_NAME: Final = re.compile(r"(?:@[\w-][\w.-]*/)?[\w-][\w.-]*", re.ASCII)
_MAPPING: Final = re.compile(r"""["']?(?P<module>[@\w./-]+)["']?\s*:\s*["']nbextensions/(?P<script>[@\w./-]+)["']""")
"""In `extension.js` or the like: `require.config({map: {"*": {"@deck.gl/widget": "nbextensions/pydeck/index"}}})`."""

_LONGEST_MAPPING: Final = 64 << 10  # bytes; an extension that only says where the module is
_LONGEST_DESCRIPTION: Final = 1 << 20  # bytes; a `package.json`

MEDIA_TYPES: Final[Mapping[str, str]] = {
    ".css": "text/css; charset=utf-8",
    ".eot": "application/vnd.ms-fontobject",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".otf": "font/otf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".wasm": "application/wasm",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
"""What a front end consists of. Anything else in its folder is no business of a page."""


def jupyter_folders() -> list[Path]:
    """The data folders of this Python's environment, its user and its system, the first to be asked first.

    As Jupyter orders them: the environment variables `JUPYTER_PATH`, `JUPYTER_DATA_DIR` and
    `JUPYTER_PREFER_ENV_PATH` count.
    """
    from jupyter_core.paths import jupyter_path

    return [Path(folder) for folder in jupyter_path()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A front end that was found."""

    module: str
    """As models name it in `_model_module`."""
    kind: Literal["amd", "federated"]
    place: str
    """Its folder below a data folder, such as `nbextensions/bqplot` or `labextensions/@scope/name`."""
    entry: str
    """The script to begin with, below `place`."""
    folder: BundleFolder
    needs: tuple[str, ...] = ()
    """Of a federated one: other packages whose code it shares and does not bring."""
    style: bool = False
    """Of a federated one: whether it has a module of styles."""


@dataclass(frozen=True, slots=True)
class Missing:
    """There is none, and this was looked for."""

    module: str
    files: tuple[str, ...]
    """Below each of the folders."""
    folders: tuple[str, ...]


class BundleFolder:
    """The files of one front end, found once: a request is looked up among them, so that no path can leave it."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        """A developer's folder is often a link to the sources; a link in it that leads out of it counts for nothing."""
        self.files: dict[str, Path] = {}
        """What may be served, by its path within the folder, with `/`."""
        digest = hashlib.blake2b(str(self.root).encode(errors="surrogateescape"), digest_size=16)
        for name, path in sorted(_files_in(self.root)):
            try:
                stat = path.stat()
            except FileNotFoundError:
                continue  # a package that is being replaced
            self.files[name] = path
            digest.update(f"\n{name} {stat.st_size} {stat.st_mtime_ns}".encode(errors="surrogateescape"))
        self.stamp = digest.hexdigest()
        """Changes with any file, so that an address that has it can be kept for good."""


class Bundles:
    """The front ends in some data folders, which are looked into each time: a package may be installed meanwhile."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)

    def find(self, module: str) -> Bundle | Missing:
        """The front end of the models that name this module. Reads the disk."""
        if _NAME.fullmatch(module):
            for folder in self._folders:
                found = _amd(folder, module) or _federated(folder, module)
                if found is not None:
                    return found
        files = (
            f"{NBEXTENSIONS}/{module}/index.js",
            f"{NBEXTENSIONS}/*/extension*.js that names {module}",
            f"{LABEXTENSIONS}/{module}/package.json with a build",
        )
        return Missing(module, files, tuple(str(folder) for folder in self._folders))

    def file(self, stamp: str, path: str) -> Path | None:
        """A file of the front end whose folder has this stamp, by its path below a data folder. Reads the disk."""
        kind, _, rest = path.partition("/")
        match = _NAME.match(rest)
        if kind not in (NBEXTENSIONS, LABEXTENSIONS) or match is None or rest[match.end() : match.end() + 1] != "/":
            return None
        for folder in self._folders:
            bundle = BundleFolder(folder / kind / match[0])
            if bundle.stamp == stamp:
                return bundle.files.get(rest[match.end() + 1 :])
        return None


def _amd(folder: Path, module: str) -> Bundle | None:
    script = _script_named_by_extensions(folder / NBEXTENSIONS, module) or f"{module}/index"
    match = _NAME.match(script)
    if match is None:
        return None
    place, entry = match[0], f"{script[match.end() + 1 :]}.js"
    found = BundleFolder(folder / NBEXTENSIONS / place)
    if entry not in found.files:
        return None
    return Bundle(module=module, kind="amd", place=f"{NBEXTENSIONS}/{place}", entry=entry, folder=found)


def _script_named_by_extensions(nbextensions: Path, module: str) -> str | None:
    """Where an extension says that a module is, if one does: `FOLDER/SCRIPT`, without `.js`."""
    for extension in sorted(nbextensions.glob("*/extension*.js")):
        for match in _MAPPING.finditer(_text_of(extension, _LONGEST_MAPPING)):
            if match["module"] == module:
                return match["script"]
    return None


def _federated(folder: Path, module: str) -> Bundle | None:
    place = f"{LABEXTENSIONS}/{module}"
    root = folder / place
    try:
        description = msgspec.json.decode(_text_of(root / "package.json", _LONGEST_DESCRIPTION))
        lab = description["jupyterlab"]
        entry, extension = str(lab["_build"]["load"]).removeprefix("./"), lab["_build"].get("extension")
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError):
        return None
    found = BundleFolder(root)
    if entry not in found.files or not extension:
        return None
    style = bool(lab["_build"].get("style"))
    return Bundle(
        module=module, kind="federated", place=place, entry=entry, folder=found, needs=_needs(lab), style=style
    )


def _needs(lab: Mapping[str, Any]) -> tuple[str, ...]:
    """What a labextension shares and does not bring."""
    shared = lab.get("sharedPackages")
    if not isinstance(shared, dict):
        return ()
    return tuple(name for name, how in sorted(shared.items()) if isinstance(how, dict) and how.get("bundled") is False)


def _text_of(path: Path, longest: int) -> str:
    """A text of at most so many bytes; "" where there is none."""
    try:
        if path.stat().st_size <= longest:
            return path.read_text("utf-8", "replace")
    except OSError:
        pass
    return ""


def _files_in(root: Path) -> Iterator[tuple[str, Path]]:
    for at, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(at, name)
            if path.suffix.lower() in MEDIA_TYPES and path.resolve().is_relative_to(root) and path.is_file():
                yield path.relative_to(root).as_posix(), path
