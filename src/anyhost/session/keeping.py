"""Keeping a document and its file the same, whoever of the two changes.

One task does all of it, one thing after the other: it saves a while after an edit, looks at the disk when
something happened there, and before each save. A file that another program has changed is taken over; where
there are edits that it does not have, the two are merged cell by cell, or, where that could be wrong, nothing
happens until somebody has chosen. What cannot be saved is said, tried again, and at the end put beside the file.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple, TypeAlias

from anyhost.cells.merging import is_same, merge
from anyhost.cells.notebook import Notebook, NotebookError
from anyhost.cells.reading import parse_notebook
from anyhost.protocol.messages import FileStatus

from .document import Change, Document
from .notebookfile import FileChanged, Found, NotebookFile
from .settings import SavingSettings

_log = logging.getLogger(__name__)

Done: TypeAlias = Callable[[str | None], None]
"""Called once, with what went wrong."""

Content: TypeAlias = Callable[[Notebook], bytes]
"""What a file is to hold for a notebook. Called in a thread."""


class _Conflict(NamedTuple):
    """What another program has written that could not be merged; `notebook` None: it is no notebook."""

    found: Found
    notebook: Notebook | None
    reason: str


class Keeping:
    """Whoever makes it runs `run` in a task of theirs, and calls `touch` after each edit.

    `found` is what the file held when the document was made of it. `told` gets what everyone is to be told of
    the file, `changed` what came into the document from it, and `content` is asked, on the loop, for how to
    make the file of a notebook as of now.
    """

    def __init__(
        self,
        document: Document,
        file: NotebookFile,
        found: Found,
        settings: SavingSettings | None = None,
    ) -> None:
        self.status = FileStatus(status="saved")
        if found.content is None:
            self.status = FileStatus(status="saved", detail="this file is new: it is made with the first edit")
        self._document = document
        self._file = file
        self._settings = settings or SavingSettings()
        self._known = found
        self._base = document.notebook  # what the file holds, as a notebook with our ids
        self._saved = document.version
        self._conflict: _Conflict | None = None
        self._failed = False
        self._edited_at = 0.0
        self._unsaved_since: float | None = None
        self._retry_at = 0.0
        self._waiting: list[Done] = []  # for a save
        self._choice: tuple[Literal["edits", "file"], Done] | None = None
        self._disk_may_differ = False
        self._ending = False
        self._wake = asyncio.Event()

    @property
    def unsaved(self) -> bool:
        """Whether there are edits that the file does not have."""
        return self._document.version != self._saved

    # ---- what others ask for ----

    def touch(self) -> None:
        """The document was edited."""
        now = asyncio.get_running_loop().time()
        self._edited_at = now
        if self._unsaved_since is None:
            self._unsaved_since = now
        if self.status.status == "saved":
            self._tell(FileStatus(status="unsaved"))
        self._wake.set()

    def save(self, done: Done) -> None:
        """Save now."""
        self._waiting.append(done)
        self._wake.set()

    def resolve(self, keep: Literal["edits", "file"], done: Done) -> None:
        """Of two versions in conflict, keep this one."""
        if self._conflict is None or self._choice is not None:
            done("there is no conflict (any more): the file was not changed by another program")
            return
        self._choice = keep, done
        self._wake.set()

    def end(self) -> None:
        """Save what is unsaved, and end `run`. Returns at once."""
        self._ending = True
        self._wake.set()
