"""One file on the disk: what it holds, whether that is still what we know, and writing it.

A file is written whole or not at all: into a new one beside it, which then takes its name. Links to it, its
owner's permissions and its name stay. What another program has written is never written over unseen: a file
is replaced only while it is as we know it.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import secrets
import stat
import tempfile
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import NamedTuple

from watchfiles import awatch

LOOK_MS = 1_000
"""At least so often the file is looked at: network drives tell nothing, and a folder may be replaced as a whole."""

SETTLE_MS = 50
"""Changes that follow each other closer than this are one."""

Stamp = tuple[int, int, int]


class FileChanged(Exception):
    """The file is not what was expected: another program has written it."""


class Found(NamedTuple):
    """What is on the disk. `content` None: there is no file."""

    stamp: Stamp | None
    content: bytes | None


NOTHING = Found(None, None)


class NotebookFile:
    """The file at `path`. Its methods block, for as long as the disk takes: they belong into a thread."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Found:
        """What is there now. Raises `OSError`."""
        try:
            with self.path.open("rb") as file:
                # The stamp is older than the content: what is written in between is seen at the next look.
                stamp = _stamp_of(os.fstat(file.fileno()))
                return Found(stamp, file.read())
        except FileNotFoundError:
            return NOTHING

    def look(self, known: Found) -> Found:
        """What is there now: `known` itself while nobody seems to have touched the file. Raises `OSError`."""
        return known if self._stamp() == known.stamp else self.read()

    def write(self, content: bytes, known: Found) -> Found:
        """Replace what is `known` to be there. Raises `FileChanged` where it is something else, and `OSError`."""
        target = Path(os.path.realpath(self.path))  # a link stays a link
        mode = _mode_of(target)
        new = target.with_name(f".anyhost-{secrets.token_hex(8)}.tmp")
        try:
            with new.open("xb") as file:
                file.write(content)
                file.flush()
                if mode is not None:
                    new.chmod(mode)
                os.fsync(file.fileno())
                stamp = _stamp_of(os.fstat(file.fileno()))
            if self._stamp() != known.stamp and self.read().content != known.content:
                raise FileChanged
            new.replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                new.unlink()
            raise
        _sync_folder(target.parent)
        return Found(stamp, content)

    def write_beside(self, content: bytes) -> Path:
        """Put what cannot go into the file into a new one beside it, or, where that fails, in the folder for
        temporary files; return where. Raises `OSError` where there is no place at all."""
        for folder in (self.path.parent, Path(tempfile.gettempdir())):
            with contextlib.suppress(OSError):
                descriptor, name = tempfile.mkstemp(
                    prefix=f"{self.path.stem[:40]}.unsaved-", suffix=self.path.suffix, dir=folder
                )
                with os.fdopen(descriptor, "wb") as file:
                    file.write(content)
                return Path(name)
        raise OSError(f"neither beside {self.path} nor in {tempfile.gettempdir()} can a file be written")

    async def changes(self) -> AsyncGenerator[None, None]:
        """Yield whenever the file may have changed, until the task is cancelled. Says nothing of what it holds now."""
        while True:
            folders = {folder for folder in (self.path.parent, self.path.resolve().parent) if folder.is_dir()}
            try:
                events = awatch(
                    *folders,
                    recursive=False,
                    debounce=SETTLE_MS * 4,
                    step=SETTLE_MS,
                    rust_timeout=LOOK_MS,
                    yield_on_timeout=True,
                    watch_filter=None,
                )
                async with aclosing(events):
                    async for _changes in events:
                        yield
            except (OSError, RuntimeError):  # the folder is gone, or may not be watched: then only looking helps
                await asyncio.sleep(LOOK_MS / 1000)
                yield

    def _stamp(self) -> Stamp | None:
        try:
            return _stamp_of(self.path.stat())
        except FileNotFoundError:
            return None


def _stamp_of(found: os.stat_result) -> Stamp:
    return found.st_ino, found.st_mtime_ns, found.st_size


def _mode_of(target: Path) -> int | None:
    """The file's permissions; None: there is no file. Raises `PermissionError` for one that may only be read."""
    try:
        mode = stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        return None
    # A folder that may be written lets anyone replace a file that may not: that is not what its owner means.
    if not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "it may only be read", str(target))
    return mode


def _sync_folder(folder: Path) -> None:
    """Have the disk know the new name, too, where the system can do that for a folder."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
