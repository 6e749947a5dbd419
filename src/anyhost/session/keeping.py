"""Keeping a document and its file the same, whoever of the two changes.

One task does all of it, one thing after the other: it saves a while after an edit, and looks at the disk when
something happened there. A file that another program has changed is taken over; where there are edits that it
does not have, the two are merged cell by cell, or, where that could be wrong, nothing happens until somebody
has chosen. What cannot be saved is said, tried again, and in the end put beside the file.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple, Protocol, TypeAlias

from anyhost.cells.editing import notebook_to_edit, placed
from anyhost.cells.matching import matched
from anyhost.cells.merging import is_same, merge
from anyhost.cells.notebook import Notebook, NotebookError
from anyhost.cells.reading import parse_notebook
from anyhost.protocol.messages import CellInfo, FileStatus

from .document import Change, Document
from .notebookfile import FileChanged, Found, NotebookFile
from .settings import SavingSettings

_log = logging.getLogger(__name__)

Done: TypeAlias = Callable[[str | None], None]
"""Called once, with what went wrong."""

_CONTESTED = "nothing is saved until one of the two is chosen"

_ATTEMPTS = 3
"""So often the last save looks again at a file that keeps changing."""


class Written(NamedTuple):
    """What a file is to hold."""

    content: bytes
    remark: str = ""
    """What whoever saves it should know, in words for the user."""


class Desk(Protocol):
    """What keeping needs of its surroundings."""

    def publish(self, event: FileStatus | Change) -> None:
        """Tell everyone."""

    def written(self) -> Callable[[], Written]:
        """What makes the file of the document as it is now; called in a thread. It may raise `NotebookError`."""

    def reloaded(self) -> None:
        """The document has changed, since the file did."""


class _Conflict(NamedTuple):
    """What another program has written that could not be merged; `notebook` None: it is no notebook."""

    found: Found
    notebook: Notebook | None
    reason: str


class Keeping:
    """Whoever makes it calls `begin`, runs `run` in a task of theirs, and calls `touch` after each edit.

    `found` is what the file held when the document was made of it.
    """

    def __init__(
        self,
        document: Document,
        file: NotebookFile,
        found: Found,
        desk: Desk,
        settings: SavingSettings | None = None,
    ) -> None:
        new = "this file is new: the first edit makes it" if found.content is None else ""
        self.status = FileStatus(status="saved", detail=new)
        self.left_in: Path | None = None
        """Where the edits are that could not be saved in the end."""
        self._document = document
        self._file = file
        self._desk = desk
        self._settings = settings or SavingSettings()
        self._known = found
        self._base = document.notebook  # what the file was written from, or read as
        self._saved = document.version
        self._conflict: _Conflict | None = None
        self._edited_at = 0.0
        self._unsaved_since: float | None = None
        self._retry_at: float | None = None
        self._saves: list[Done] = []
        self._choices: list[tuple[Literal["edits", "file"], Done]] = []
        self._disk_may_differ = False
        self._ending = False
        self._wake = asyncio.Event()

    @property
    def unsaved(self) -> bool:
        """Whether there are edits that the file does not have."""
        return self._document.version != self._saved

    # ---- what others ask for ----

    def touch(self) -> None:
        """The document may have been edited."""
        if not self.unsaved:
            return
        self._edited_at = asyncio.get_running_loop().time()
        if self._unsaved_since is None:
            self._unsaved_since = self._edited_at
        if self.status.status == "saved":
            self._tell("unsaved")
        self._wake.set()

    def contest(self) -> None:
        """What the document has now was written by somebody who had not seen what the file holds."""
        if self._conflict is None:
            self._begin_conflict(_Conflict(self._known, self._base, _CONTESTED))

    def save(self, done: Done) -> None:
        """Save now, also where nothing was edited: outputs may have changed."""
        self._saves.append(done)
        self._wake.set()

    def resolve(self, keep: Literal["edits", "file"], done: Done) -> None:
        """Of the two sides of a conflict, keep this one."""
        self._choices.append((keep, done))
        self._wake.set()

    def begin(self) -> None:
        """`run` is about to be called."""
        self._ending = False

    def end(self) -> None:
        """Save what is unsaved, and end `run`. Returns at once."""
        self._ending = True
        self._wake.set()

    # ---- the task ----

    async def run(self) -> None:
        """Keep document and file the same until `end`; then, or when it is cancelled, save what is unsaved."""
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(self._watch())
            try:
                while not self._ending:
                    await self._wait()
                    await self._work()
            finally:
                watching.cancel()
                await self._finish()

    async def _watch(self) -> None:
        async with contextlib.aclosing(self._file.changes()) as changes:
            async for _ in changes:
                self._disk_may_differ = True
                self._wake.set()

    async def _wait(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(self._due()):
                await self._wake.wait()
        self._wake.clear()

    def _due(self) -> float | None:
        """When to save; None: not by itself."""
        if self._conflict is not None or not self.unsaved:
            return None
        if self._retry_at is not None:
            return self._retry_at
        assert self._unsaved_since is not None
        return min(self._edited_at + self._settings.pause_seconds, self._unsaved_since + self._settings.longest_seconds)

    async def _work(self) -> None:
        """Do what is to be done now."""
        if self._disk_may_differ or self._saves:
            await self._look()
        choices, self._choices = self._choices, []
        for keep, done in choices:
            self._choose(keep, done)
        due = self._due()
        if self._conflict is not None:
            self._settle_saves("another program has changed the file: choose first which one to keep")
        elif self._saves or (due is not None and due <= asyncio.get_running_loop().time()):
            await self._save()

    # ---- from the disk ----

    async def _look(self) -> None:
        """See what is on the disk, and take over what another program has written."""
        self._disk_may_differ = False
        seen = self._known if self._conflict is None else self._conflict.found
        try:
            found = await asyncio.to_thread(self._file.look, seen)
        except OSError:
            return  # whoever wants to save hears of it
        if found is seen:
            return
        if found.content == seen.content:  # it was only touched
            self._note_seen(seen, found)
        elif found.content == self._known.content:  # again as it was before the conflict
            self._known, self._conflict = found, None
            self._tell_saved()
        elif found.content is None:
            self._known, self._conflict = found, None
            self._tell("unsaved", "another program has deleted or renamed the file; the next edit makes it again")
        else:
            await self._take(found, found.content)

    def _note_seen(self, seen: Found, found: Found) -> None:
        if self._conflict is not None:
            self._conflict = self._conflict._replace(found=found)
        if self._known.content == seen.content:
            self._known = found

    async def _take(self, found: Found, content: bytes) -> None:
        try:
            read = await asyncio.to_thread(parse_notebook, content, self._file.path.name)
            base = await asyncio.to_thread(self._read_base)
        except NotebookError as error:
            reason = f"the file is no notebook any more: {error}"
            self._begin_conflict(_Conflict(found, None, reason))
            return
        # From here on nothing waits: the document is what it is when the two are merged.
        theirs = self._document.recognise(read, base)
        both = merge(base, self._document.notebook, theirs)
        if both is None:
            self._begin_conflict(_Conflict(found, theirs, _CONTESTED))
            return
        self._accept(found, theirs, placed(both, both.cells))

    def _read_base(self) -> Notebook:
        """What the file held before: as it is read, since blank lines at the end of a cell, say, are in no file."""
        content, base = self._known.content, self._base
        if content is None:
            return base
        try:
            read = notebook_to_edit(content, self._file.path.name)
        except NotebookError:
            return base
        return replace(read, cells=matched(read.cells, base.cells))

    def _accept(self, found: Found, theirs: Notebook, merged: Notebook) -> None:
        """The file holds `theirs`, and the document is to become `merged`."""
        self._known, self._base, self._conflict = found, theirs, None
        changed = not is_same(merged, self._document.notebook)
        for change in self._document.replace(merged):
            self._desk.publish(change)
        if is_same(merged, theirs):
            self._note_saved(self._document.version)
        self.touch()
        if changed:
            self._desk.reloaded()
        self._tell_saved("another program has changed the file; it was read again" if changed else "")

    def _begin_conflict(self, conflict: _Conflict) -> None:
        self._conflict = conflict
        theirs = conflict.notebook
        self._tell("conflict", conflict.reason, None if theirs is None else self._document.described(theirs))

    def _choose(self, keep: Literal["edits", "file"], done: Done) -> None:
        conflict = self._conflict
        if conflict is None:
            done("there is no conflict (any more)")
        elif keep == "edits":
            self._known, self._conflict = conflict.found, None
            self._saves.append(done)
        elif conflict.notebook is None:
            done(conflict.reason)
        else:
            self._accept(conflict.found, conflict.notebook, conflict.notebook)
            done(None)

    # ---- to the disk ----

    async def _save(self) -> None:
        version, notebook = self._document.version, self._document.notebook
        saves, self._saves = self._saves, []
        try:
            written = await asyncio.to_thread(self._desk.written())
            found = self._known
            if written.content != found.content:
                found = await asyncio.to_thread(self._file.write, written.content, found)
        except FileChanged:
            self._saves = saves + self._saves
            self._disk_may_differ = True
            self._wake.set()
        except (OSError, UnicodeError, NotebookError) as error:
            reason = f"the file could not be written: {_words(error)}"
            self._retry_at = asyncio.get_running_loop().time() + self._settings.retry_seconds
            self._tell("failed", reason)
            _settle(saves, reason)
        else:
            self._known, self._base = found, notebook
            if self._conflict is not None:  # it began while this was written
                self._begin_conflict(self._conflict._replace(found=found, notebook=notebook))
            self._note_saved(version)
            self._tell_saved(written.remark)
            _settle(saves, None)

    async def _finish(self) -> None:
        """Save what is unsaved; where that is impossible, put it somewhere else."""
        for _ in range(_ATTEMPTS):
            if self._conflict is None and (self.unsaved or self._saves):
                await self._save()
            if not self._disk_may_differ:
                break
            await self._look()
        self._settle_saves("the file could not be written any more")
        if not self.unsaved:
            return
        try:
            written = await asyncio.to_thread(self._desk.written())
            self.left_in = await asyncio.to_thread(self._file.write_beside, written.content)
        except (OSError, UnicodeError, NotebookError) as error:
            _log.error("%s: edits were lost, they can be written nowhere: %s", self._file.path, _words(error))

    def _note_saved(self, version: int) -> None:
        """The file has this version; perhaps there is a newer one by now."""
        self._saved = version
        self._retry_at = None
        self._unsaved_since = self._edited_at if self.unsaved else None

    # ---- words ----

    def _tell_saved(self, detail: str = "") -> None:
        """Say whether the file has everything now."""
        if self._conflict is not None:
            return
        if self.unsaved:
            self._tell("unsaved", detail)
        else:
            self._tell("saved", detail)

    def _tell(
        self,
        status: Literal["saved", "unsaved", "conflict", "failed"],
        detail: str = "",
        cells: list[CellInfo] | None = None,
    ) -> None:
        told = FileStatus(status=status, detail=detail, cells=cells)
        if told != self.status:
            self.status = told
            self._desk.publish(told)

    def _settle_saves(self, error: str) -> None:
        saves, self._saves = self._saves, []
        _settle(saves, error)


def _settle(saves: Iterable[Done], error: str | None) -> None:
    for done in saves:
        done(error)


def _words(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
