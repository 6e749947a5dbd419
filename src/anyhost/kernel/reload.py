"""Hot reload: a widget's `_esm` and `_css` follow the files that they come from (section K of the AFM table).

anywidget has a mechanism of its own (`ANYWIDGET_HMR`): a thread for each class attribute, which ends when its
file is deleted, as many editors do when they save. Here one task of the kernel watches for all widgets, and
the new text takes anywidget's own way from there: the file's `changed` signal sets the trait, or has the
descriptor send it. So widgets that are made later start with it, too.

Only a developer's own files are watched, not those of packages that were installed: nobody edits these, and there
may be many. What was installed to be edited (`pip install -e`) lies elsewhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import aclosing
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from watchfiles import awatch

from .current import USER_ERRORS
from .models import Model, Models
from .modules import files_of

LOOK_MS = 500
"""At least so often the files are looked at: for network drives, which tell nothing, folders that were
replaced as a whole, and widgets that are new."""

SETTLE_MS = 400
"""A file that is written without a pause is read after so long at the latest."""

_INSTALLED = frozenset(("site-packages", "dist-packages"))

Stamp = tuple[int, int, int]


class Reload:
    """Watches the files of one kernel's widgets. Whoever makes it runs `run` in a task of theirs."""

    def __init__(self, models: Models) -> None:
        self._models = models
        # A file stays watched when its widgets have closed: later ones of its class are to begin with its text.
        self._stamps: WeakKeyDictionary[Any, Stamp | None] = WeakKeyDictionary()
        self._others: WeakSet[Any] = WeakSet()  # which nobody edits

    async def run(self) -> None:
        """Replace code as its files change, until the task is cancelled."""
        while True:
            self.look()
            folders = self._folders()
            if folders:
                await self._watch(folders)
            else:
                await asyncio.sleep(LOOK_MS / 1000)

    async def _watch(self, folders: dict[Path, int]) -> None:
        """Look at the files whenever something happens in these folders, while they are the right ones."""
        events = awatch(
            *folders,
            recursive=False,
            debounce=SETTLE_MS,
            rust_timeout=LOOK_MS,
            yield_on_timeout=True,
            watch_filter=None,
        )
        try:
            async with aclosing(events):
                async for _changes in events:
                    self.look()
                    if self._folders() != folders:
                        return
        except FileNotFoundError:
            return  # a folder went at this very moment

    def look(self) -> None:
        """Read the files that are not as they were, and replace what comes from them."""
        users: dict[Any, Model] = {}
        for model in self._models:
            for _key, contents in files_of(model.comm.peer):
                if self._is_watched(contents):
                    users.setdefault(contents, model)
        for contents, known in list(self._stamps.items()):
            stamp = _stamp(contents._path)
            # Deleted: an editor that saves in this way puts it back in a moment.
            if stamp is not None and stamp != known:
                self._stamps[contents] = stamp
                self._read(contents, users.get(contents))

    def _is_watched(self, contents: Any) -> bool:
        """Whether a text is a developer's file; one that is new is watched from now on."""
        if contents in self._stamps:
            return True
        if contents in self._others:
            return False
        # A cell's text (`%%vfile`) tells of its changes itself.
        if not hasattr(contents, "_path") or _is_installed(contents._path):
            self._others.add(contents)
            return False
        self._stamps[contents] = None
        return True

    def _read(self, contents: Any, user: Model | None) -> None:
        text = _text(contents._path)
        if text is None or text == str(contents):
            return
        contents._contents = text
        if user is None:
            return
        with self._models.attributed(user) as errors:
            try:
                contents.changed.emit(text)
            except USER_ERRORS as error:  # an author may observe `_esm`
                errors.append(error.__cause__ or error)

    def _folders(self) -> dict[Path, int]:
        """The folders of all files, and which they are: one that was replaced has to be watched anew."""
        files: Iterable[Path] = (contents._path for contents in self._stamps)
        folders = {folder for path in files for folder in (path.parent, path.resolve().parent)}
        return {folder: stamp[0] for folder in sorted(folders) if (stamp := _stamp(folder)) is not None}


def _is_installed(path: Path) -> bool:
    return not _INSTALLED.isdisjoint(path.resolve().parts)


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _text(path: Path) -> str | None:
    """What the file says. None while it is being written: a module is never empty, and always UTF-8."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return text if text.strip() or path.suffix == ".css" else None
